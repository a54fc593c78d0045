import { type ReactNode, useEffect, useRef, useState } from 'react';

interface ScrollProps {
  /** What is scrolled, for those who come to it by the keyboard. */
  readonly label: string;
  readonly children: ReactNode;
}

/** Room for what may be wider than the page: where it is, it scrolls by itself, by keyboard as well. */
export function Scroll({ label, children }: ScrollProps) {
  const box = useRef<HTMLDivElement>(null);
  const [isWide, setWide] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWide(element.scrollWidth > element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      ref={box}
      className="mu-scroll"
      {...(isWide && { role: 'region', 'aria-label': label, tabIndex: 0 })}
    >
      {children}
    </div>
  );
}
