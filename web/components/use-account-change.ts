import { useMutation, useQueryClient } from '@tanstack/react-query';
import { meQuery } from '../person-api.ts';

/** Changes something of the account, and shows the account as it then stands. */
export function useAccountChange<Said, Answered>(
  change: (said: Said) => Promise<Answered>,
  onDone?: (answered: Answered) => void,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (answered) => {
      onDone?.(answered);
      await client.invalidateQueries({ queryKey: meQuery().queryKey });
    },
  });
}
