import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { count, days, rowsOf, written } from './by-hand.ts';
import { type DemoFile, demonstration } from './index.ts';

interface Item {
  readonly finding: string;
  readonly plugin: number;
  readonly name: string;
  readonly family: string;
  readonly severity: number;
}

interface Host {
  readonly ip: string;
  readonly day: string;
  readonly isCredentialed: boolean;
  readonly items: readonly Item[];
}

interface Scan {
  readonly families: ReadonlyMap<string, string>;
  readonly hosts: readonly Host[];
}

interface Spell extends Item {
  readonly ip: string;
  readonly from: string;
  readonly until: string | null;
}

const HIGH = 3;
const MEDIUM = 2;
const AUDITED = '2022-07-05';

const { files } = demonstration();
const scanned = files.filter(({ reader }) => reader === 'nessus');
const scans = scanned.map(scanOf);
const spells = spellsOf(scans);

function scanOf(file: DemoFile): Scan {
  const [policy = '', ...hosts] = written(file).split('<ReportHost ');
  const families = policy.matchAll(/<FamilyName>(.*?)<\/FamilyName><Status>(.*?)<\/Status>/g);
  return {
    families: new Map([...families].map(([, family = '', status = '']) => [family, status])),
    hosts: hosts.map(hostOf),
  };
}

function hostOf(xml: string): Host {
  const ip = tag(xml, 'host-ip');
  const items = [...xml.matchAll(/<ReportItem (.*?)>/g)].map(([, attributes = '']) => itemOf(ip, attributes));
  return {
    ip,
    day: dayOf(tag(xml, 'HOST_END')),
    isCredentialed: tag(xml, 'Credentialed_Scan') === 'true',
    items,
  };
}

function itemOf(ip: string, attributes: string): Item {
  const cell = (name: string) => new RegExp(`\\b${name}="(.*?)"`).exec(attributes)?.[1] ?? '';
  return {
    finding: [ip, cell('pluginID'), cell('port'), cell('protocol')].join(),
    plugin: Number(cell('pluginID')),
    name: cell('pluginName'),
    family: cell('pluginFamily'),
    severity: Number(cell('severity')),
  };
}

function tag(xml: string, name: string): string {
  return new RegExp(`<tag name="${name}">(.*?)</tag>`).exec(xml)?.[1] ?? '';
}

/** The day of local time as `ctime` writes it. */
function dayOf(ctime: string): string {
  const [, month = '', date = '', year = ''] = /^\w{3} (\w{3}) ([ \d]\d) [\d:]{8} (\d{4})$/.exec(ctime) ?? [];
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const number = String(months.indexOf(month) + 1).padStart(2, '0');
  return `${year}-${number}-${date.replace(' ', '0')}`;
}

type Without = 'credentials' | 'families' | 'reach' | undefined;

/** Each finding from the scan that opened it to the one that closed it; `without` leaves a rule of closing out. */
function spellsOf(all: readonly Scan[], without?: Without): readonly Spell[] {
  const closed: Spell[] = [];
  const open = new Map<string, Spell>();
  const hadCredentials = new Set<string>();
  for (const { families, hosts } of all) {
    const day = hosts[0]?.day ?? '';
    const seen = new Set(hosts.flatMap(({ items }) => items.map(({ finding }) => finding)));
    const isCovered = ({ ip, family }: Spell) => {
      const host = hosts.find((each) => each.ip === ip);
      if (without !== 'families' && families.get(family) !== 'enabled') return false;
      if (!host) return without === 'reach';
      return without === 'credentials' || host.isCredentialed || !hadCredentials.has(ip);
    };
    for (const spell of open.values()) {
      if (seen.has(spell.finding) || !isCovered(spell)) continue;
      closed.push({ ...spell, until: day });
      open.delete(spell.finding);
    }
    for (const { ip, items, isCredentialed } of hosts) {
      if (isCredentialed) hadCredentials.add(ip);
      for (const item of items) {
        if (item.severity > 0 && !open.has(item.finding))
          open.set(item.finding, { ...item, ip, from: day, until: null });
      }
    }
  }
  return [...closed, ...open.values()];
}

function openOn(day: string, all = spells): readonly Spell[] {
  return all.filter(({ from, until }) => from <= day && (until === null || until > day));
}

/** For how many days each was open on the day of the audit's report, longest first. */
function daysOpen(severity: number, all = spells): readonly number[] {
  return openOn(AUDITED, all)
    .filter((spell) => spell.severity === severity)
    .map(({ from }) => days(from, AUDITED))
    .sort((one, other) => other - one);
}

describe('the scans', () => {
  it('are of nights from 16 December 2021 on, each file of its night in New York', () => {
    assert.equal(scanned[0]?.name, 'demo-ecm-scan-2021-12-16.nessus');
    for (const [index, { hosts }] of scans.entries()) {
      for (const { day } of hosts) assert.equal(scanned[index]?.name, `demo-ecm-scan-${day}.nessus`);
    }
    assert.deepEqual(
      scanned.map(({ name }) => name),
      scanned.map(({ name }) => name).sort(),
    );
  });

  it('say the same time twice: in New York, and as an instant that is on the next day in UTC', () => {
    for (const file of scanned) {
      for (const host of written(file).split('<ReportHost ').slice(1)) {
        for (const end of ['HOST_START', 'HOST_END']) {
          const local = tag(host, end);
          const isSummer = dayOf(local) >= '2022-03-13' && dayOf(local) < '2022-11-06';
          const instant = Date.parse(`${local} GMT${isSummer ? '-0400' : '-0500'}`);
          assert.equal(String(instant / 1000), tag(host, `${end}_TIMESTAMP`));
          assert.equal(days(dayOf(local), new Date(instant).toISOString().slice(0, 10)), 1);
        }
      }
    }
  });

  it('are of what is visibly invented', () => {
    const items = scans.flatMap(({ hosts }) => hosts.flatMap((host) => host.items));
    for (const { plugin, name } of items) {
      assert.ok(plugin > 900_000);
      assert.match(name, /^Demo .* \(demonstration\)$/);
    }
    for (const file of scanned) assert.doesNotMatch(written(file), /<cve>|<xref>/);
    assert.ok(items.some(({ name }) => name.includes(' &lt; ')));
    assert.ok(items.some(({ severity }) => severity === 0));
    assert.equal(
      count(items, ({ severity }) => severity > HIGH),
      0,
    );
  });
});

describe('the scan of 5 July 2022', () => {
  it('leaves 44 high and 50 medium ones open, and sees them all', () => {
    assert.equal(daysOpen(HIGH).length, 44);
    assert.equal(daysOpen(MEDIUM).length, 50);
    const report = scans[scanned.findIndex(({ name }) => name.includes(AUDITED))];
    const seen = report?.hosts.flatMap(({ items }) => items) ?? [];
    assert.equal(
      count(seen, ({ severity }) => severity === HIGH),
      44,
    );
    assert.equal(
      count(seen, ({ severity }) => severity === MEDIUM),
      50,
    );
    assert.ok(count(seen, ({ severity }) => severity === 1) > 0);
  });

  it('shows 24 high ones open for 166 to 201 days, and two medium ones for 132', () => {
    const late = daysOpen(HIGH).filter((each) => each > 30);
    assert.equal(late.length, 24);
    assert.deepEqual([late[0], late.at(-1)], [201, 166]);
    assert.deepEqual(
      daysOpen(MEDIUM).filter((each) => each > 90),
      [132, 132],
    );
  });

  it('counts the same whichever day is day one', () => {
    for (const slack of [-1, 0, 1]) {
      assert.equal(
        count(daysOpen(HIGH), (each) => each >= 30 + slack),
        24,
      );
      assert.equal(
        count(daysOpen(MEDIUM), (each) => each >= 90 + slack),
        2,
      );
    }
  });

  it('would show other days by any scan that did not look', () => {
    const late = (all: readonly Spell[]) => [
      daysOpen(HIGH, all).filter((each) => each > 30),
      daysOpen(MEDIUM, all).filter((each) => each > 90),
    ];
    for (const without of ['credentials', 'families', 'reach'] as const) {
      const [high, medium] = late(spellsOf(scans, without));
      assert.notDeepEqual(high, late(spells)[0], without);
      assert.notDeepEqual(medium, late(spells)[1], without);
    }
  });
});

describe('the findings', () => {
  const closed = (severity: number, isInTime: boolean, [from, until]: readonly [string, string]) =>
    count(
      spells,
      (spell) =>
        spell.severity === severity &&
        spell.until !== null &&
        spell.until > from &&
        spell.until <= until &&
        days(spell.from, spell.until) <= (severity === HIGH ? 30 : 90) === isInTime,
    );

  it('were closed in time and late, before that day and after', () => {
    const stretches = [
      ['2021-12-16', AUDITED],
      [AUDITED, '2022-12-31'],
    ] as const;
    for (const stretch of stretches) {
      for (const severity of [HIGH, MEDIUM]) {
        assert.ok(closed(severity, true, stretch) > 0);
        assert.ok(closed(severity, false, stretch) > 0);
      }
    }
  });

  it('include two that came back', () => {
    const names = spells.map(({ finding }) => finding);
    const again = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
    assert.equal(again.length, 2);
    for (const name of again) {
      assert.deepEqual(
        spells.filter(({ finding }) => finding === name).map(({ from, until }) => [from, until].join()),
        ['2022-01-20,2022-02-23', '2022-05-24,2022-10-11'],
      );
    }
  });

  it('close on no night on which their server, credentials or family were left out', () => {
    const nights = new Set(spells.map(({ until }) => until));
    assert.equal(nights.has('2022-03-10'), false);
    for (const { family, ip, until } of spells) {
      if (until === '2022-04-26') assert.ok(family !== 'Misc.' && family !== 'Databases');
      if (until === '2022-05-10') assert.match(ip, /^192\.0\.2\.1\d$/);
    }
  });

  it('that were late are covered by one plan of March 2022, no other is, and all are gone in December', () => {
    const plan = files
      .filter(({ reader }) => reader === 'poams')
      .flatMap(rowsOf)
      .find(({ finding }) => finding !== '');
    const covered = new Set((plan?.['finding'] ?? '').split(';').map(Number));
    assert.equal(plan?.['created'], '2022-03-15');
    assert.equal(plan?.['component'], '');
    const limit = (severity: number) => (severity === HIGH ? 30 : 90);
    for (const { severity, plugin, from } of openOn(AUDITED)) {
      if (severity < MEDIUM) assert.ok(!covered.has(plugin));
      else assert.equal(covered.has(plugin), days(from, AUDITED) > limit(severity));
    }
    const ends = spells.filter(({ plugin }) => covered.has(plugin)).map(({ until }) => until ?? 'open');
    assert.equal(ends.length, 26);
    assert.deepEqual([...new Set(ends)].sort(), ['2022-10-11', '2022-12-13']);
  });
});
