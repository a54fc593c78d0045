import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { statusQuery } from '../api.ts';
import type { ServerStatus } from '../contract.ts';
import { standingOf, type SessionStanding } from '../idle.ts';
import { lastAnswered } from '../tabs.ts';
import { EndingDialog } from './EndingDialog.tsx';
import { useSession } from './use-session.ts';
import { useSignOut } from './use-sign-out.ts';

/** How often the clock is looked at, milliseconds. */
const LOOK = 1_000;

interface IdleWatchProps {
  readonly session: NonNullable<ServerStatus['session']>;
}

/** Warns before the session ends, and shows sign-in when it has; what any tab asks keeps all of them. */
export function IdleWatch({ session }: IdleWatchProps) {
  const client = useQueryClient();
  const { leave } = useSession();
  const signOut = useSignOut();
  const [standing, setStanding] = useState<SessionStanding>({ phase: 'awake' });
  // Nothing puts off the end of its time: of that a person is told once.
  const [told, setTold] = useState<string>();
  const [opened] = useState(() => Date.now());
  const look = useEffectEvent(() => {
    const now = Date.now();
    const next = standingOf({ ...session, answered: lastAnswered() ?? opened }, now);
    if (next.phase === 'over') leave();
    else setStanding((before) => (sameStanding(before, next) ? before : next));
  });
  useEffect(() => {
    const timer = setInterval(() => look(), LOOK);
    // A page that was asleep looks at once.
    const woken = () => look();
    document.addEventListener('visibilitychange', woken);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', woken);
    };
  }, []);
  if (standing.phase !== 'ending' || (standing.why === 'limit' && told === session.ends)) return null;
  const { at, why } = standing;
  return (
    <EndingDialog
      at={at}
      why={why}
      pending={signOut.isPending}
      onStay={() => {
        if (why === 'limit') setTold(session.ends);
        else void client.refetchQueries({ queryKey: statusQuery().queryKey }).finally(() => look());
      }}
      onLeave={() => signOut.mutate()}
    />
  );
}

function sameStanding(one: SessionStanding, other: SessionStanding): boolean {
  if (one.phase !== 'ending' || other.phase !== 'ending') return one.phase === other.phase;
  return one.at === other.at && one.why === other.why;
}
