import { useEffect, useState } from 'react';

/** So long after a person's last move a page still counts as watched, milliseconds. */
const WATCHED = 60_000;

const MOVES = ['pointermove', 'pointerdown', 'keydown', 'scroll', 'focus'] as const;

/**
 * Whether somebody is at the page. What is asked again and again by itself stops where nobody is,
 * or it would keep the session of a person who has gone.
 */
export function useWatched(): boolean {
  const [isWatched, setWatched] = useState(true);
  useEffect(() => {
    let leaving: ReturnType<typeof setTimeout> | undefined;
    const moved = () => {
      setWatched(true);
      clearTimeout(leaving);
      leaving = setTimeout(() => setWatched(false), WATCHED);
    };
    moved();
    for (const move of MOVES) addEventListener(move, moved, { passive: true });
    return () => {
      clearTimeout(leaving);
      for (const move of MOVES) removeEventListener(move, moved);
    };
  }, []);
  return isWatched;
}
