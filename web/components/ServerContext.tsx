import { createContext, useContext } from 'react';
import type { Agency, ServerStatus } from '../contract.ts';
import type { Declared } from '../declared.ts';
import { wordDuty } from '../words.ts';

const ServerContext = createContext<ServerStatus | undefined>(undefined);

export const ServerProvider = ServerContext.Provider;

const DeclaredContext = createContext<Declared | undefined>(undefined);

export const DeclaredProvider = DeclaredContext.Provider;

/** What the server can do. */
export function useDeclared(): Declared {
  const declared = useContext(DeclaredContext);
  if (!declared) throw new Error('this part of the page stands outside the frame');
  return declared;
}

/** Words for duty types, by their names. */
export function useDutyWords(): (duty: string) => string {
  const { dutyTypes } = useDeclared();
  return (duty) => wordDuty(dutyTypes, duty);
}

/** What the server said of itself when the page was opened. */
export function useServer(): ServerStatus {
  const server = useContext(ServerContext);
  if (!server) throw new Error('this part of the page stands outside the frame');
  return server;
}

/** Whether the person may read a view: what leads to another is no link. */
export function useMayRead(): (view: string) => boolean {
  const { reads } = useServer();
  return (view) => reads.includes(view);
}

/** The agency of that code as the server knows it. */
export function useAgency(code: string): Agency | undefined {
  return useServer().agencies.find((agency) => agency.code === code);
}
