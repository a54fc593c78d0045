import type { Client } from 'pg';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import type { TestHouse } from './house.ts';

/** How many rows each table has, whoever's they are. */
export function countRows(house: TestHouse): Promise<Record<string, number>> {
  return house.asSuperuser(async (client) => {
    const counts: Record<string, number> = {};
    for (const { table } of await tablesOf(client))
      counts[table] = Number(await answerOf(client, `select count(*) as answer from public.${table}`));
    return counts;
  });
}

/** What each table holds of an agency, as a digest: another one, and something was changed. */
export function digestRows(house: TestHouse, { agency }: AgencyFacts): Promise<Record<string, string>> {
  return house.asSuperuser(async (client) => {
    const digests: Record<string, string> = {};
    for (const { table } of (await tablesOf(client)).filter(({ isOfAgencies }) => isOfAgencies))
      digests[table] = await answerOf(
        client,
        `select md5(string_agg(t::text, chr(10) order by t::text collate "C")) as answer
         from public.${table} t where agency_id = ${agency}`,
      );
    return digests;
  });
}

interface Table {
  readonly table: string;
  readonly isOfAgencies: boolean;
}

async function tablesOf(client: Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select t.table_name as table, exists (select from information_schema.columns c
       where c.table_schema = 'public' and c.table_name = t.table_name and c.column_name = 'agency_id') as "isOfAgencies"
     from information_schema.tables t where t.table_schema = 'public' and t.table_type = 'BASE TABLE' order by 1`,
  );
  return rows;
}

async function answerOf(client: Client, question: string): Promise<string> {
  const { rows } = await client.query<{ answer: string | null }>(question);
  return rows[0]?.answer ?? 'nothing';
}
