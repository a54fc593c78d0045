/**
 * Every refusal and fault a person can meet, in one place. `exit` is the command line's
 * exit code (1 fault, 2 usage, 3 input or act refused), `status` the HTTP status.
 * docs/errors.md lists them; a test fails when one is missing there.
 */
const catalogue = {
  PORT_TAKEN: { status: 500, exit: 1, remedy: 'stop the other program or set PORT' },
  DATA_IN_USE: { status: 500, exit: 1, remedy: 'stop that server, or set DATA_DIR to another folder' },
  DATA_NEWER: { status: 500, exit: 1, remedy: 'start the Muster that wrote it, or a newer one' },
  DATABASE_UNREACHABLE: {
    status: 503,
    exit: 1,
    remedy: 'check that PostgreSQL runs and DATABASE_URL is right',
  },
  DATABASE_TOO_OLD: { status: 500, exit: 1, remedy: 'use PostgreSQL 15 or later' },
  DATABASE_UNSAFE: {
    status: 500,
    exit: 1,
    remedy: 'give DATABASE_URL a role that owns nothing and DATABASE_OWNER_URL the owner',
  },
  DATABASE_NOT_MIGRATED: {
    status: 500,
    exit: 1,
    remedy: 'set DATABASE_OWNER_URL so that Muster can migrate it',
  },
  NO_WAY_TO_RUN_POSTGRES: {
    status: 500,
    exit: 1,
    remedy: 'run as an ordinary user, allow user namespaces, or set DATABASE_URL',
  },
  EMBEDDED_POSTGRES_FAILED: { status: 500, exit: 1, remedy: 'see the PostgreSQL log it names' },
  DATA_UNUSABLE: {
    status: 500,
    exit: 1,
    remedy: 'make the folder readable and writable, or set DATA_DIR to another',
  },
  MIGRATION_REFUSED: {
    status: 500,
    exit: 1,
    remedy: 'restore the database from a backup or ask for help; nothing was changed',
  },
  KEY_UNUSABLE: {
    status: 500,
    exit: 1,
    remedy:
      'give Muster a key file of its own, mode 600, or set MUSTER_CHECKPOINT_KEY (MUSTER_SECRET_KEY where that is the key)',
  },
  KEY_NOT_IN_FORCE: {
    status: 500,
    exit: 1,
    remedy: 'put the key in force into the key file; if it is lost: muster record rotate-key --earlier-lost',
  },
  TLS_UNUSABLE: {
    status: 500,
    exit: 1,
    remedy: 'give Muster a certificate and its private key as PEM files, the key for its own eyes alone',
  },
  RECORD_INCONSISTENT: {
    status: 500,
    exit: 1,
    remedy: 'find out with muster verify what was changed; nothing is signed until then',
  },
  FAULT: { status: 500, exit: 1, remedy: 'see the log; what was acknowledged is kept' },
  BUSY: { status: 503, exit: 1, remedy: 'try again in a moment' },
  STOPPED: { status: 503, exit: 1, remedy: 'start it again; nothing was changed' },
  USAGE: { status: 400, exit: 2, remedy: 'see --help' },
  BAD_REQUEST: { status: 400, exit: 2, remedy: 'correct the named field' },
  NOT_FOUND: { status: 404, exit: 3, remedy: 'check the name' },
  AGENCY_UNCLEAR: { status: 400, exit: 2, remedy: 'name one with --agency' },
  AGENCY_EXISTS: { status: 409, exit: 3, remedy: 'choose another code' },
  NOT_ALLOWED: {
    status: 403,
    exit: 3,
    remedy: 'ask someone who has such a role, or an administrator to grant you one that reaches it',
  },
  SIGN_IN_REQUIRED: { status: 401, exit: 3, remedy: 'sign in' },
  SIGN_IN_REFUSED: { status: 401, exit: 3, remedy: 'try again, or ask an administrator of the agency' },
  SIGN_IN_AGAIN: { status: 403, exit: 3, remedy: 'sign in again, then change it' },
  LINK_SPENT: { status: 410, exit: 3, remedy: 'ask an administrator of the agency for a new link' },
  TOO_MANY: { status: 429, exit: 3, remedy: 'wait a moment and try again' },
  PROVIDER_FAILED: {
    status: 502,
    exit: 1,
    remedy: 'try again in a moment; if it stays, see the log and the file of providers',
  },
  FOREIGN_REQUEST: { status: 403, exit: 3, remedy: 'open Muster at its own address' },
  INPUT_REFUSED: { status: 422, exit: 3, remedy: 'correct the file and import it again' },
  RULEBOOK_REFUSED: { status: 422, exit: 3, remedy: 'correct the rulebook and adopt it again' },
  ACT_REFUSED: { status: 409, exit: 3, remedy: 'see the reason' },
  NOT_VERIFIABLE: {
    status: 422,
    exit: 3,
    remedy: 'give a folder that muster record export wrote, or a file that muster prove wrote',
  },
  EXPORT_REFUSED: {
    status: 409,
    exit: 3,
    remedy: 'name a place that can be written and has room; an export goes into a new or empty folder',
  },
  TOO_LARGE: { status: 413, exit: 3, remedy: 'split the file' },
} as const satisfies Record<string, { status: number; exit: 1 | 2 | 3; remedy: string }>;

export type ErrorCode = keyof typeof catalogue;

export const errorCatalogue: Readonly<
  Record<ErrorCode, { status: number; exit: 1 | 2 | 3; remedy: string }>
> = catalogue;

/** An error that a person is meant to read: one sentence of what and where, and what to do. */
export class MusterError extends Error {
  readonly code: ErrorCode;
  /** Where exactly, one for each thing refused (a line of a file, a field). */
  readonly refused: readonly Refusal[];

  constructor(code: ErrorCode, message: string, refused: readonly Refusal[] = [], options?: ErrorOptions) {
    super(message, options);
    this.name = 'MusterError';
    this.code = code;
    this.refused = refused;
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }

  get exit(): number {
    return errorCatalogue[this.code].exit;
  }

  get remedy(): string {
    return errorCatalogue[this.code].remedy;
  }
}

/** One thing that was not taken: `at` says where ("line 7, last_login"), `reason` why and what to do. */
export interface Refusal {
  readonly at: string;
  readonly reason: string;
}
