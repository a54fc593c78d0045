import { Header, NavMenuButton, PrimaryNav, Title } from '@trussworks/react-uswds';
import { Link, useSearch } from '@tanstack/react-router';
import { type ReactNode, useEffect, useEffectEvent, useState } from 'react';
import type { ServerStatus } from '../contract.ts';
import type { DeclaredList } from '../declared.ts';
import {
  listsBeside,
  placesAfter,
  placesBefore,
  type Place,
  readableLists,
  readablePlaces,
} from '../places.ts';
import { carryTimes } from '../url-state.ts';
import { shortHeadOf } from '../words.ts';
import { DemonstrationNote } from './DemonstrationNote.tsx';
import { IdleWatch } from './IdleWatch.tsx';
import { LastSignIn } from './LastSignIn.tsx';
import { PersonBar } from './PersonBar.tsx';
import { useDeclared } from './ServerContext.tsx';

interface FrameProps {
  readonly server: ServerStatus;
  readonly children: ReactNode;
}

/** What stands around every page: skip link, header with the ways through, footer. */
export function Frame({ server, children }: FrameProps) {
  const agency = server.agencies[0]?.code;
  const invented = server.agencies.some(({ code, demonstration }) => code === agency && demonstration);
  return (
    <>
      <a className="usa-skipnav" href="#main">
        Skip to main content
      </a>
      <PersonBar server={server} />
      <FrameHeader agency={agency} server={server} />
      {invented && agency !== undefined && <DemonstrationNote agency={agency} />}
      <main id="main" tabIndex={-1} className="grid-container-widescreen mu-main">
        <LastSignIn />
        {children}
      </main>
      <footer className="mu-footer">
        <div className="grid-container-widescreen">Muster {server.version}</div>
      </footer>
      {server.session && <IdleWatch session={server.session} />}
    </>
  );
}

interface FrameHeaderProps {
  readonly agency: string | undefined;
  readonly server: ServerStatus;
}

function FrameHeader({ agency, server }: FrameHeaderProps) {
  const [expanded, setExpanded] = useState(false);
  const times = useSearch({ strict: false, select: (search) => carryTimes({ ...search }) });
  const toggle = () => setExpanded((before) => !before);
  useEscape(expanded, () => setExpanded(false));
  const { lists } = useDeclared();
  const look = {
    className: 'usa-nav__link',
    activeProps: { className: 'usa-current', 'aria-current': 'page' },
    activeOptions: { includeSearch: false },
    onClick: () => setExpanded(false),
  } as const;
  const placeLink = ({ to, text }: Place, code: string) => (
    <Link key={to} to={to} params={{ agency: code }} search={times} {...look}>
      <span>{text}</span>
    </Link>
  );
  const listLink = ({ view, title }: DeclaredList, code: string) => (
    <Link
      key={view}
      to="/$agency/lists/$view"
      params={{ agency: code, view }}
      search={{ ...times }}
      {...look}
    >
      <span>{shortHeadOf(title)}</span>
    </Link>
  );
  const items =
    agency === undefined
      ? []
      : [
          ...readablePlaces(placesBefore, server.reads).map((place) => placeLink(place, agency)),
          ...readableLists(listsBeside(lists), server.reads).map((list) => listLink(list, agency)),
          ...readablePlaces(placesAfter, server.reads).map((place) => placeLink(place, agency)),
        ];
  return (
    <>
      <div className={expanded ? 'usa-overlay is-visible' : 'usa-overlay'} />
      <Header basic className="mu-header">
        <div className="usa-nav-container">
          <div className="usa-navbar">
            <Title className="mu-title">
              <Link to="/" className="mu-brand">
                Muster
              </Link>
              {agency !== undefined && <span className="mu-agency">{agency}</span>}
            </Title>
            {items.length > 0 && <NavMenuButton label="Menu" onClick={toggle} aria-expanded={expanded} />}
          </div>
          <PrimaryNav items={items} mobileExpanded={expanded} onToggleMobileNav={toggle} aria-label="Main" />
        </div>
      </Header>
    </>
  );
}

function useEscape(active: boolean, leave: () => void) {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === 'Escape') leave();
  });
  useEffect(() => {
    if (!active) return undefined;
    const listener = (event: KeyboardEvent) => onKey(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, [active]);
}
