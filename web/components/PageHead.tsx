import { useLocation } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';

// The first page of a visit leaves the focus where the browser puts it, so that the skip link comes first.
let opened = false;

interface PageHeadProps {
  readonly title: string;
  readonly children?: ReactNode;
}

/** The page's one h1: it names the window, and takes the focus when a person comes from another page. */
export function PageHead({ title, children }: PageHeadProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef<string>(undefined);
  const { pathname } = useLocation();
  useEffect(() => {
    document.title = `${title} · Muster`;
  }, [title]);
  useEffect(() => {
    if (opened && shown.current !== pathname) heading.current?.focus({ preventScroll: true });
    shown.current = pathname;
    opened = true;
  }, [pathname]);
  return (
    <header className="mu-head">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </header>
  );
}
