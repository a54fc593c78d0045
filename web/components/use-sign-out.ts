import { useMutation } from '@tanstack/react-query';
import { signOut } from '../person-api.ts';
import { useSession } from './use-session.ts';

export function useSignOut() {
  const { signedOut } = useSession();
  return useMutation({ mutationFn: signOut, onSuccess: ({ leadsTo }) => signedOut(leadsTo) });
}
