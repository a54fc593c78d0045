import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { SecureContextOptions } from 'node:tls';
import { unwatchFile, watchFile } from 'node:fs';
import { MusterError } from '../../errors/index.ts';
import type { TlsFiles } from '../settings.ts';

/** TLS 1.3 first, 1.2 at least, with forward secrecy and AES-GCM alone: NIST SP 800-52 Rev. 2, section 3.3.1. */
const PROTOCOL = {
  minVersion: 'TLSv1.2',
  honorCipherOrder: true,
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
  ].join(':'),
} as const satisfies SecureContextOptions;

const WORLD = 0o007;
/** How often the files are looked at for a certificate that was renewed. */
const LOOK_MS = 2_000;

/** What a TLS server needs. Throws TLS_UNUSABLE, naming the file, and never what is in it. */
export async function readTls({ cert, key }: TlsFiles): Promise<SecureContextOptions> {
  const chain = await readPem(cert);
  await refuseOpenKey(key);
  const secret = await readPem(key);
  const certificate = orUnusable(cert, 'holds no certificate (PEM)', () => new X509Certificate(chain));
  const privateKey = orUnusable(key, 'holds no private key (PEM) that opens without a password', () =>
    createPrivateKey(secret),
  );
  if (!certificate.checkPrivateKey(privateKey))
    throw unusable(key, `is not the key of the certificate in ${cert}`);
  return { ...PROTOCOL, cert: chain, key: secret };
}

/**
 * Reads the files anew whenever one of them changes, until the function it gives is called. What cannot
 * be used is told of, and what was read before stays: of two files one is always replaced first.
 */
export function keepTls(
  files: TlsFiles,
  renew: (options: SecureContextOptions) => void,
  log: (line: string) => void,
): () => void {
  const read = async () => {
    try {
      renew(await readTls(files));
      log('the TLS certificate was read anew');
    } catch (error) {
      const what = error instanceof MusterError ? error.message : 'it cannot be used';
      log(`the TLS certificate was not read anew: ${what}`);
    }
  };
  const changed = () => void read();
  const each = [files.cert, files.key];
  for (const file of each) watchFile(file, { interval: LOOK_MS, persistent: false }, changed);
  return () => {
    for (const file of each) unwatchFile(file, changed);
  };
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unusable(file, `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

async function refuseOpenKey(file: string): Promise<void> {
  const mode = process.platform === 'win32' ? 0 : ((await stat(file).catch(() => undefined))?.mode ?? 0);
  if ((mode & WORLD) === 0) return;
  throw unusable(file, `may be read by anybody (mode ${(mode & 0o777).toString(8)}): chmod 600 it`);
}

function orUnusable<T>(file: string, what: string, read: () => T): T {
  try {
    return read();
  } catch {
    // What went wrong might quote the file.
    throw unusable(file, what);
  }
}

function unusable(file: string, what: string): MusterError {
  return new MusterError('TLS_UNUSABLE', `${file} ${what}`);
}
