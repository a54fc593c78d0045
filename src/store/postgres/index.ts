import { type Database, openEmbedded, type EmbeddedSettings } from './embedded.ts';
import { openExternal } from './external.ts';

export type { Database } from './embedded.ts';

/** Where the database is. An empty address counts as none. `binDir`: PostgreSQL programs to use instead. */
export interface DatabaseSettings extends EmbeddedSettings {
  readonly databaseUrl?: string | undefined;
  readonly ownerUrl?: string | undefined;
}

/**
 * Opens the database: the one at `databaseUrl`, else the embedded one of the data folder.
 * Throws MusterError; see openEmbedded and openExternal.
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  if (settings.databaseUrl) return openExternal(settings.databaseUrl, settings.ownerUrl || undefined);
  return openEmbedded(settings);
}
