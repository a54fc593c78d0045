import { Table } from '@trussworks/react-uswds';
import { useState } from 'react';
import type { ApiToken, Key, MadeToken, Me, NewToken } from '../contract-person.ts';
import { makeToken, revokeToken } from '../person-api.ts';
import { wordRole } from '../words.ts';
import { ConfirmedButton } from './ConfirmedButton.tsx';
import { FocusedFailure } from './FocusedFailure.tsx';
import { InstantText } from './InstantText.tsx';
import { Scroll } from './Scroll.tsx';
import { useServer } from './ServerContext.tsx';
import { ShownOnce } from './ShownOnce.tsx';
import { TokenForm } from './TokenForm.tsx';
import { useAccountChange } from './use-account-change.ts';

/** The tokens by which the person's own programs ask and act for them. */
export function AccountTokens({ me }: { readonly me: Me }) {
  const { roles } = useServer();
  const [made, setMade] = useState<MadeToken>();
  const making = useAccountChange((token: NewToken) => makeToken(token), setMade);
  const revoking = useAccountChange((token: Key) => revokeToken(token));
  return (
    <section className="mu-part" aria-labelledby="tokens">
      <h2 id="tokens">API tokens</h2>
      <p>
        A token lets a program of yours ask and act in your name, with the roles that you give it and no
        others. What it does is recorded as done by it.
      </p>
      {made && (
        <ShownOnce
          key={made.token.token}
          heading={`The token ${made.token.name}`}
          what="the token"
          text={made.secret}
          onDone={() => setMade(undefined)}
        >
          Whoever has it can do what you let it do. It is good until{' '}
          <InstantText agency={me.person.agency} instant={made.token.ends} />. The program sends it in the
          header <code>authorization: Bearer</code> of each request.
        </ShownOnce>
      )}
      <FocusedFailure error={revoking.error} />
      {me.tokens.length === 0 ? (
        <p>You have none.</p>
      ) : (
        <TokenTable
          agency={me.person.agency}
          tokens={me.tokens}
          pending={revoking.isPending}
          onRevoke={(token) => revoking.mutate(token)}
        />
      )}
      <details className="mu-details">
        <summary>
          <h3>Make a token</h3>
        </summary>
        <TokenForm
          // Once a token is made the form is empty again.
          key={made?.token.token}
          roles={roles}
          pending={making.isPending}
          error={making.error}
          onSubmit={(token) => making.mutate(token)}
        />
      </details>
    </section>
  );
}

interface TokenTableProps {
  readonly agency: string;
  readonly tokens: readonly ApiToken[];
  readonly pending: boolean;
  readonly onRevoke: (token: Key) => void;
}

function TokenTable({ agency, tokens, pending, onRevoke }: TokenTableProps) {
  return (
    <Scroll label="Tokens">
      <Table fullWidth bordered={false} stackedStyle="headers" className="mu-table mu-list">
        <thead>
          <tr>
            <th scope="col">Token</th>
            <th scope="col">Roles</th>
            <th scope="col">System</th>
            <th scope="col">Made</th>
            <th scope="col">Last used</th>
            <th scope="col">Ends</th>
            <th scope="col">Revoke it</th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.token}>
              <th scope="row" data-label="Token">
                {token.name}
              </th>
              <td data-label="Roles">{token.roles.map(wordRole).join(', ')}</td>
              <td data-label="System">{token.system ?? 'wherever your roles reach'}</td>
              <td data-label="Made">
                <InstantText agency={agency} instant={token.made} />
              </td>
              <td data-label="Last used">
                {token.lastUsed === null ? 'never' : <InstantText agency={agency} instant={token.lastUsed} />}
              </td>
              <td data-label="Ends">
                <InstantText agency={agency} instant={token.ends} />
              </td>
              <td data-label="Revoke it">
                <ConfirmedButton
                  action="Revoke"
                  what={`the token ${token.name}`}
                  pending={pending}
                  onConfirm={() => onRevoke(token.token)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Scroll>
  );
}
