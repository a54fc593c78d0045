import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Cells, count, rowsOf } from './by-hand.ts';
import { demonstration } from './index.ts';

type Poam = Readonly<
  Record<
    | 'poam'
    | 'weakness'
    | 'component'
    | 'identified'
    | 'trigger'
    | 'created'
    | 'scheduled_completion'
    | 'status',
    string
  >
>;
type Update = Readonly<
  Record<'poam' | 'date' | 'kind' | 'comment' | 'scheduled_completion' | 'status', string>
>;

const AUDITED = '2022-06-06';
const LAST = '2022-12-31';

const { files } = demonstration();
const poams = rowsRead('poams') as readonly Poam[];
const updates = (rowsRead('poam-updates') as readonly Update[]).toSorted((one, other) =>
  one.date < other.date ? -1 : 1,
);
const nine = poams.filter(({ trigger }) => trigger === '2021-02-10');
const two = poams.filter(({ trigger }) => trigger === '2022-06-30');
const platform = poams.filter(({ poam }) => poam.startsWith('DEMO-ELP-'));

function rowsRead(reader: string): readonly Cells[] {
  return files.filter((file) => file.reader === reader).flatMap(rowsOf);
}

function historyOf({ poam }: Poam): readonly Update[] {
  return updates.filter((update) => update.poam === poam);
}

/** The status, the day since which it stands, and the scheduled day, as of a day. */
function stateOn(day: string, poam: Poam): { status: string; since: string; scheduled: string } {
  const until = historyOf(poam).filter(({ date }) => date <= day);
  const said = until.findLast(({ kind }) => kind === 'status');
  const moved = until.findLast(({ kind }) => kind === 'date-change');
  return {
    status: said?.status ?? poam.status,
    since: said?.date ?? poam.created,
    scheduled: moved?.scheduled_completion ?? poam.scheduled_completion,
  };
}

function monthsAfter(day: string, months: number): string {
  const date = new Date(day);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString().slice(0, 10);
}

/** Each wait from one thing written down to the next. */
function waits(poam: Poam, isCounted: (update: Update) => boolean): readonly (readonly [string, string])[] {
  const all = historyOf(poam).filter(isCounted);
  const starts = [poam.created, ...all.map(({ date }) => date)];
  return all.map(({ date }, index) => [starts[index] ?? '', date]);
}

describe('the nine POA&Ms for the risks signed on 10 February 2021', () => {
  it('are for the cloud, opened in April 2021, three within 60 days counting the day of signing', () => {
    assert.equal(nine.length, 9);
    assert.equal(Date.parse('2021-02-10') + 59 * 86_400_000, Date.parse('2021-04-10'));
    for (const { component, identified, created, status } of nine) {
      assert.deepEqual([component, identified, status], ['cloud', '2021-02-03', 'open']);
      assert.ok(created >= '2021-04-01' && created <= '2021-04-30');
    }
    assert.equal(
      count(nine, ({ created }) => created <= '2021-04-10'),
      3,
    );
    assert.equal(
      count(nine, ({ created }) => created === '2021-04-10'),
      1,
    );
  });

  it('were due between 30 April and 2 May 2022', () => {
    const scheduled = nine.map((poam) => poam.scheduled_completion).sort();
    assert.deepEqual([scheduled[0], scheduled.at(-1)], ['2022-04-30', '2022-05-02']);
  });

  it('are six late and three completed, validated or accepted in time on 6 June 2022', () => {
    const states = nine.map((poam) => stateOn(AUDITED, poam));
    const late = states.filter(({ status }) => status === 'late' || status === 'open');
    const closed = states.filter(({ status }) => status !== 'late' && status !== 'open');
    assert.equal(late.length, 6);
    for (const { scheduled } of late) assert.ok(scheduled >= '2022-04-30' && scheduled <= '2022-05-02');
    assert.deepEqual(closed.map(({ status }) => status).sort(), ['accepted', 'completed', 'validated']);
    for (const { since, scheduled } of closed) assert.ok(since <= scheduled);
  });

  it('have no scheduled day moved by then', () => {
    assert.equal(
      count(updates, ({ kind, date }) => kind === 'date-change' && date <= AUDITED),
      0,
    );
  });

  it('then end as three completed, one cancelled, and one each for February and March 2023', () => {
    const late = nine.filter((poam) => ['late', 'open'].includes(stateOn(AUDITED, poam).status));
    const fates = late.map((poam) => {
      const { status, scheduled } = stateOn(LAST, poam);
      return status === 'late' ? scheduled : status;
    });
    assert.deepEqual(fates.sort(), [
      '2023-02-28',
      '2023-03-31',
      'cancelled',
      'completed',
      'completed',
      'completed',
    ]);
  });

  it('include the lack of malicious code protection, taken over by the platform in July 2022', () => {
    const [lack, ...others] = nine.filter(({ weakness }) => weakness.includes('malicious code'));
    assert.ok(lack && others.length === 0);
    assert.match(lack.scheduled_completion, /^2022-05-/);
    const { status, since } = stateOn(LAST, lack);
    assert.deepEqual([status, since.slice(0, 7)], ['cancelled', '2022-07']);
    const successor = platform.find(({ weakness }) => weakness.includes('malicious code'));
    assert.equal(successor?.scheduled_completion, '2023-10-31');
    assert.ok(successor.created.startsWith('2022-07-') && successor.created < since);
  });
});

describe('the updates', () => {
  it('of the nine kept to the standard procedures until June 2022, which is late for the cloud', () => {
    for (const poam of nine) {
      const until = (update: Update) => update.date <= '2022-06-30';
      for (const [from, to] of waits(poam, (update) => until(update) && update.status !== 'late')) {
        const isFar = poam.scheduled_completion > monthsAfter(from, 12);
        const isAfterAll = historyOf(poam).some(({ date, status }) => date < to && status === 'completed');
        assert.ok(isAfterAll || to <= monthsAfter(from, isFar ? 6 : 3), `${poam.poam} ${to}`);
      }
      const [first] = waits(poam, until);
      assert.ok(first && first[1] > monthsAfter(first[0], 1));
    }
  });

  it('are monthly from June 2022 on, for each POA&M of ECM that is open', () => {
    for (const poam of poams.filter((each) => !platform.includes(each))) {
      const recent = waits(poam, ({ date }) => date >= '2022-06-09');
      for (const [from, to] of recent.slice(poam.created > '2022-06-09' ? 0 : 1)) {
        assert.ok(to <= monthsAfter(from, 1), `${poam.poam} ${to}`);
      }
      const last = historyOf(poam).at(-1);
      assert.ok(
        last?.kind === 'status' ? last.status !== 'late' : (last?.date ?? '') >= '2022-12-21',
        poam.poam,
      );
    }
  });

  it('of the platform keep to the procedures', () => {
    for (const poam of platform) {
      for (const [from, to] of waits(poam, () => true)) {
        assert.ok(to <= monthsAfter(from, poam.scheduled_completion > monthsAfter(from, 12) ? 6 : 3));
      }
    }
  });

  it('each have a comment that shows it is invented, and are of a POA&M that was opened before', () => {
    for (const { poam, date, kind, comment, scheduled_completion, status } of updates) {
      assert.match(comment, /\(invented\)$|DEMO-ELP-05/);
      assert.ok(poams.some((each) => each.poam === poam && each.created < date));
      assert.equal(scheduled_completion !== '', kind === 'date-change');
      assert.equal(status !== '', kind === 'status');
    }
  });
});

describe('the other POA&Ms', () => {
  it('are two for risks that came back in June 2022, not yet created on 5 July', () => {
    assert.deepEqual(
      two.map((poam) => [poam.component, poam.created, poam.scheduled_completion].join()),
      Array.from({ length: 2 }, () => 'cloud,2022-07-20,2023-04-24'),
    );
  });

  it("are the platform's four of June 2022, one of them completed in October", () => {
    const four = platform.filter(({ created }) => created.startsWith('2022-06-'));
    assert.equal(four.length, 4);
    assert.equal(platform.length, 5);
    for (const poam of platform) assert.equal(poam.component, 'linux');
    for (const { identified, trigger, scheduled_completion } of four) {
      assert.deepEqual([identified.slice(0, 7), trigger.slice(0, 7)], ['2022-06', '2022-06']);
      assert.equal(scheduled_completion.slice(0, 7), '2023-06');
    }
    const ended = four.map((poam) => stateOn(LAST, poam)).filter(({ status }) => status !== 'open');
    assert.deepEqual(
      ended.map(({ status, since }) => `${status} ${since.slice(0, 7)}`),
      ['completed 2022-10'],
    );
  });

  it('are one for the vulnerabilities, completed in December 2022', () => {
    const rest = poams.filter((each) => ![...nine, ...two, ...platform].includes(each));
    assert.deepEqual(
      rest.map((poam) => stateOn(LAST, poam)).map(({ status, since }) => `${status} ${since.slice(0, 7)}`),
      ['completed 2022-12'],
    );
  });

  it('name nobody, and no number twice', () => {
    for (const { owner } of rowsRead('poams')) assert.match(owner ?? '', /^Demo Owner \d\d$/);
    assert.equal(new Set(poams.map(({ poam }) => poam)).size, poams.length);
    for (const { poam } of poams) assert.match(poam, /^DEMO-(?:ECM|ELP)-\d\d$/);
  });
});
