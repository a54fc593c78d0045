import type { FastifyInstance } from 'fastify';

const PATH = '/.well-known/security.txt';
/** RFC 9116 recommends less than a year. */
const GOOD_FOR_DAYS = 300;
const DAY_MS = 86_400_000;

/** Whom to tell of a weakness, and where this is the word of the site itself. */
export interface SecurityContact {
  /** A `mailto:`, `https:` or `tel:` address. */
  readonly contact: string;
  /** The public address, where there is one. */
  readonly url?: string | undefined;
}

/** Serves security.txt (RFC 9116). */
export function addSecurityTxt(server: FastifyInstance, about: SecurityContact, now: () => Date): void {
  server.get(PATH, async (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send(securityTxt(about, now())),
  );
}

/** The file as of an instant; it expires at a midnight, so that a day's answers are the same. */
export function securityTxt({ contact, url }: SecurityContact, now: Date): string {
  const expires = new Date(Math.floor(now.getTime() / DAY_MS + GOOD_FOR_DAYS) * DAY_MS);
  const lines = [
    `Contact: ${contact}`,
    `Expires: ${expires.toISOString().replace('.000Z', 'Z')}`,
    'Preferred-Languages: en',
    ...(url === undefined ? [] : [`Canonical: ${url}${PATH}`]),
  ];
  return `${lines.join('\n')}\n`;
}
