import { MusterError } from '../../errors/index.ts';
import type { AgencyFacts } from '../../programs/inventory/index.ts';
import type { House } from '../house.ts';
import { readNotice, type Notice } from '../notice.ts';
import { createOidc, type Oidc } from './oidc.ts';
import { readProviders, type Provider } from './providers.ts';
import { openSecretKey } from './secret-box.ts';

/** What signing in needs beside the house. */
export interface Gate {
  readonly house: House;
  readonly notice: Notice;
  readonly providers: readonly Provider[];
  readonly oidc: Oidc;
  /** The key that secrets at rest are sealed with. Throws KEY_UNUSABLE. */
  secretKey(): Promise<Buffer>;
  /** What a person at the log should know of a sign-in that failed; never who or with what. */
  readonly log: (line: string) => void;
}

/** Whoever asks, as far as their machine says. */
export interface Client {
  readonly agent: string;
  readonly address: string;
}

/** Opens the gate: reads the notice and the providers. Throws USAGE for what they say wrong. */
export async function openGate(house: House, log: (line: string) => void): Promise<Gate> {
  const { noticeFile, providersFile, secretKey: base64, secretKeyFile: file, databaseUrl } = house.settings;
  let key: Promise<Buffer> | undefined;
  return {
    house,
    log,
    notice: await readNotice(noticeFile),
    providers: providersFile === undefined ? [] : await readProviders(providersFile),
    oidc: createOidc({ now: house.store.now }),
    secretKey: () => {
      key ??= openSecretKey({ base64, file, isMade: databaseUrl === undefined });
      // What failed is tried again: the file may be there by then.
      key.catch(() => (key = undefined));
      return key;
    },
  };
}

/** The providers that know an agency's people. */
export function providersOf({ providers }: Gate, { code }: AgencyFacts): readonly Provider[] {
  return providers.filter(({ agency }) => agency === code);
}

const REFUSED =
  'the sign-in was refused: the name, the password or the code is wrong, or the account is locked for a while';

/** One message whatever was wrong: who tries names learns nothing. */
export function refused(options?: ErrorOptions): MusterError {
  return new MusterError('SIGN_IN_REFUSED', REFUSED, [], options);
}
