import { createContext, useContext } from 'react';
import type { Agency, ServerStatus } from '../contract.ts';

const ServerContext = createContext<ServerStatus | undefined>(undefined);

export const ServerProvider = ServerContext.Provider;

/** What the server said of itself when the page was opened. */
export function useServer(): ServerStatus {
  const server = useContext(ServerContext);
  if (!server) throw new Error('this part of the page stands outside the frame');
  return server;
}

/** The agency of that code as the server knows it. */
export function useAgency(code: string): Agency | undefined {
  return useServer().agencies.find((agency) => agency.code === code);
}
