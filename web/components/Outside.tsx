import { Header, Title } from '@trussworks/react-uswds';
import type { ReactNode } from 'react';

/** What stands around the pages that are shown without a session. */
export function Outside({ children }: { readonly children: ReactNode }) {
  return (
    <>
      <a className="usa-skipnav" href="#main">
        Skip to main content
      </a>
      <Header basic className="mu-header">
        <div className="usa-nav-container">
          <div className="usa-navbar">
            <Title className="mu-title">
              <span className="mu-brand">Muster</span>
            </Title>
          </div>
        </div>
      </Header>
      <main id="main" tabIndex={-1} className="grid-container-widescreen mu-main mu-outside">
        {children}
      </main>
    </>
  );
}
