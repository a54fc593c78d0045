import assert from 'node:assert/strict';
import { performAct, rebuild, type ImportResult } from '../src/acts/index.ts';
import { readView } from '../src/doors/on-behalf.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { poamsView, poamView, type PoamAnswer, type PoamsAnswer } from '../src/programs/weaknesses/index.ts';
import type { Entry } from '../src/record/index.ts';
import { day, type Day } from '../src/time/index.ts';
import { allDuties, importText, INVENTORY, newAgency, operator, type TestHouse } from './house.ts';

/** A row of a list of POA&Ms; what is not said is as for a risk of the assessment signed on 10 February 2021. */
export interface PoamLine {
  readonly poam: string;
  readonly component?: string;
  readonly severity?: string;
  readonly identified?: string;
  readonly trigger?: string;
  readonly created?: string;
  readonly scheduled?: string;
  readonly status?: string;
  readonly statusDate?: string;
  readonly finding?: string;
}

export function poamsCsv(rows: readonly PoamLine[]): string {
  const lines = rows.map((row) =>
    [
      row.poam,
      'Demo weakness',
      row.component ?? 'cloud',
      row.severity ?? 'high',
      row.identified ?? '2021-02-03',
      row.trigger ?? '2021-02-10',
      row.created ?? '2021-04-09',
      row.scheduled ?? '2022-05-01',
      row.status ?? 'open',
      row.statusDate ?? '',
      'Demo office',
      '12000.50',
      row.finding ?? '',
    ].join(','),
  );
  return `poam,weakness,component,severity,identified,trigger,created,scheduled_completion,status,status_date,owner,cost,finding\n${lines.join('\n')}\n`;
}

/** A row of a file of updates: poam, day, kind, comment, scheduled, status. */
export type UpdateLine = readonly [
  string,
  string,
  'update' | 'date-change' | 'status',
  string,
  string?,
  string?,
];

export function updatesCsv(rows: readonly UpdateLine[]): string {
  const lines = rows.map(([poam, on, kind, comment, scheduled = '', status = '']) =>
    [poam, on, kind, comment, scheduled, status].join(','),
  );
  return `poam,date,kind,comment,scheduled_completion,status\n${lines.join('\n')}\n`;
}

export type PoamDesk = ReturnType<typeof poamDesk>;

/** What tests do with POA&Ms of the system ECM, and what they see of them as lines. */
export function poamDesk(house: TestHouse) {
  async function agencyWith(code: string, ...rows: readonly PoamLine[]): Promise<AgencyFacts> {
    const agency = await newAgency(house, code);
    await importText(house, agency, INVENTORY);
    await list(agency, rows);
    return agency;
  }

  async function list(
    agency: AgencyFacts,
    rows: readonly PoamLine[],
    observed?: string,
  ): Promise<ImportResult> {
    return importText(house, agency, poamsCsv(rows), {
      system: 'ECM',
      ...(observed !== undefined && { observedOn: day(observed) }),
    });
  }

  async function update(agency: AgencyFacts, ...rows: readonly UpdateLine[]): Promise<ImportResult> {
    return importText(house, agency, updatesCsv(rows), { system: 'ECM' });
  }

  /** The duties of a type as lines: subject, trigger, due, done, means, status. */
  async function duties(
    agency: AgencyFacts,
    duty: string,
    asOf: string,
    knownAt?: number,
  ): Promise<string[]> {
    const question = { asOf, duty, ...(knownAt !== undefined && { knownAt: String(knownAt) }) };
    const found = await allDuties(house, agency, question);
    return found
      .map(({ subject, trigger, due, done, means, status }) =>
        [subject.name, trigger, due, done, means, status].join(' '),
      )
      .sort();
  }

  async function dutyIds(agency: AgencyFacts, duty: string, asOf: Day): Promise<string[]> {
    return (await allDuties(house, agency, { asOf, duty })).map(({ id }) => id);
  }

  async function act(agency: AgencyFacts, on: string, name: string, said: object): Promise<Entry> {
    return performAct(house.store, house.declarations, agency.agency, operator, day(on), name, said);
  }

  async function poams(agency: AgencyFacts, question: object): Promise<PoamsAnswer> {
    return (await readView(house, house.operator, agency, poamsView, question)) as PoamsAnswer;
  }

  async function poam(agency: AgencyFacts, number: string, question: object = {}): Promise<PoamAnswer> {
    return (await readView(house, house.operator, agency, poamView, {
      poam: number,
      ...question,
    })) as PoamAnswer;
  }

  async function history(agency: AgencyFacts, number: string, question: object = {}): Promise<string[]> {
    const answer = await poam(agency, number, question);
    return answer.history.map(({ day: on, kind, scheduled, status, flag }) =>
      [on, kind, scheduled ?? status ?? '', flag ?? ''].join(' ').trim(),
    );
  }

  async function assertRebuilds(agency: AgencyFacts): Promise<void> {
    const { difference } = await rebuild(house.store, house.declarations, agency.agency, { check: true });
    assert.equal(difference, null);
  }

  return { agencyWith, list, update, duties, dutyIds, act, poams, poam, history, assertRebuilds };
}
