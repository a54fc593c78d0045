import { useMutation, useQueryClient } from '@tanstack/react-query';
import { signInQuery } from '../person-api.ts';
import { useSession } from './use-session.ts';

/** Signs in, and goes on to the page that the person wanted to see. */
export function useSignIn<Means>(signIn: (means: Means) => Promise<unknown>, to: string) {
  const client = useQueryClient();
  const { signedIn } = useSession();
  return useMutation({
    mutationFn: signIn,
    onSuccess: () => signedIn(to),
    // The notice may have changed since it was read: then the new one is shown.
    onError: () => client.invalidateQueries({ queryKey: signInQuery().queryKey }),
  });
}
