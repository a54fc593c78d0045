import { startRegistration, type RegistrationResponseJSON } from '@simplewebauthn/browser';
import { useMutation } from '@tanstack/react-query';
import type { PasskeyCreation } from '../contract-person.ts';
import { passkeyFault } from '../passkey.ts';
import { CheckedForm } from './CheckedForm.tsx';
import { TextField } from './TextField.tsx';

const FIELDS = [{ name: 'label', title: 'What to call this passkey', required: true }] as const;

interface PasskeyFormProps {
  readonly begin: () => Promise<PasskeyCreation>;
  readonly finish: (response: RegistrationResponseJSON, label: string) => Promise<unknown>;
  readonly onDone: () => void;
}

/** A new passkey, with a name by which a person tells it from others. */
export function PasskeyForm({ begin, finish, onDone }: PasskeyFormProps) {
  const making = useMutation({
    mutationFn: async (label: string) => {
      const { options } = await begin();
      const response = await startRegistration({ optionsJSON: options }).catch((error: unknown) => {
        throw passkeyFault(error);
      });
      await finish(response, label);
    },
    onSuccess: onDone,
  });
  return (
    <CheckedForm
      label="Make a passkey"
      fields={FIELDS}
      level="h3"
      pending={making.isPending}
      error={making.error}
      button="Make the passkey"
      waiting="Waiting for your device …"
      onSubmit={({ label = '' }) => making.mutate(label)}
    >
      {(state) => (
        <TextField
          state={state}
          name="label"
          title="What to call this passkey"
          hint="Where it is kept, such as: my phone. Your device then asks for its PIN, your fingerprint or your face."
          maxLength={60}
          autoComplete="off"
        />
      )}
    </CheckedForm>
  );
}
