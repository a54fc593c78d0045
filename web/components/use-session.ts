import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { leave, signedIn, signedOut } from '../session.ts';

/** What a part of the page does when the session begins or ends. */
export function useSession() {
  const router = useRouter();
  const client = useQueryClient();
  return {
    signedIn: (to: string) => signedIn(router, client, to),
    signedOut: (leadsTo: string | null) => void signedOut(router, client, leadsTo),
    leave: () => void leave(router, client),
  };
}
