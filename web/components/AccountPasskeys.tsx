import { Table } from '@trussworks/react-uswds';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Credential, Key, Me } from '../contract-person.ts';
import { beginPasskey, finishPasskey, meQuery, removeCredential, signInQuery } from '../person-api.ts';
import { Done } from './AccountPassword.tsx';
import { ConfirmedButton } from './ConfirmedButton.tsx';
import { FocusedFailure } from './FocusedFailure.tsx';
import { InstantText } from './InstantText.tsx';
import { PasskeyForm } from './PasskeyForm.tsx';
import { PasskeysAway, passkeysAway } from './PasskeysAway.tsx';
import { useAccountChange } from './use-account-change.ts';

export function AccountPasskeys({ me }: { readonly me: Me }) {
  const client = useQueryClient();
  const removing = useAccountChange((credential: Key) => removeCredential(credential));
  const [made, setMade] = useState(0);
  const passkeys = me.credentials.filter(({ kind }) => kind === 'passkey');
  return (
    <>
      <FocusedFailure error={removing.error} />
      {passkeys.length === 0 ? (
        <p>You have none.</p>
      ) : (
        <PasskeyTable
          agency={me.person.agency}
          passkeys={passkeys}
          pending={removing.isPending}
          onRemove={(credential) => removing.mutate(credential)}
        />
      )}
      {made > 0 && <Done key={made}>The passkey is made: you can sign in with it.</Done>}
      <details
        // Once a passkey is made the form is empty again.
        key={`new-${made}`}
        className="mu-details"
      >
        <summary>
          <h4>Make a passkey</h4>
        </summary>
        <NewPasskey
          onDone={() => {
            setMade(made + 1);
            void client.invalidateQueries({ queryKey: meQuery().queryKey });
          }}
        />
      </details>
    </>
  );
}

function NewPasskey({ onDone }: { readonly onDone: () => void }) {
  const offer = useQuery(signInQuery()).data;
  if (!offer) return null;
  const away = passkeysAway(offer.passkeys);
  if (away) return <PasskeysAway away={away} path="/account" />;
  return <PasskeyForm begin={beginPasskey} finish={finishPasskey} onDone={onDone} />;
}

interface PasskeyTableProps {
  readonly agency: string;
  readonly passkeys: readonly Credential[];
  readonly pending: boolean;
  readonly onRemove: (credential: Key) => void;
}

function PasskeyTable({ agency, passkeys, pending, onRemove }: PasskeyTableProps) {
  return (
    <Table fullWidth bordered={false} stackedStyle="headers" className="mu-table mu-list">
      <thead>
        <tr>
          <th scope="col">Passkey</th>
          <th scope="col">Made</th>
          <th scope="col">Last used</th>
          <th scope="col">Remove it</th>
        </tr>
      </thead>
      <tbody>
        {passkeys.map((passkey) => (
          <tr key={passkey.credential}>
            <th scope="row" data-label="Passkey">
              {passkey.label}
            </th>
            <td data-label="Made">
              <InstantText agency={agency} instant={passkey.made} />
            </td>
            <td data-label="Last used">
              {passkey.lastUsed === null ? (
                'never'
              ) : (
                <InstantText agency={agency} instant={passkey.lastUsed} />
              )}
            </td>
            <td data-label="Remove it">
              <ConfirmedButton
                action="Remove"
                what={`the passkey ${passkey.label}`}
                pending={pending}
                onConfirm={() => onRemove(passkey.credential)}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
