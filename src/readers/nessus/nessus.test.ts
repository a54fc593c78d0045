import assert from 'node:assert/strict';
import { createReadStream, existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { day } from '../../time/index.ts';
import { recogniseReader } from '../index.ts';
import type { ReadContext } from '../reader.ts';
import { readWhole } from '../trial.ts';
import { nessus } from './index.ts';
import { type NessusObservation, nessusObservation } from './schema.ts';

function scan(inside: string, policy = ''): string {
  return `<NessusClientData_v2>${policy}<Report name="r">${inside}</Report></NessusClientData_v2>`;
}

function host(tags: Readonly<Record<string, string>>, items: readonly string[] = [], name = 'a'): string {
  const properties = Object.entries(tags).map(([tag, text]) => `<tag name="${tag}">${text}</tag>`);
  return `<ReportHost name="${name}"><HostProperties>${properties.join('')}</HostProperties>${items.join('')}</ReportHost>`;
}

function item(plugin: number, further = '', inside = ''): string {
  return `<ReportItem port="22" protocol="tcp" severity="2" pluginID="${plugin}" ${further}>${inside}</ReportItem>`;
}

const ENDED = { HOST_END_TIMESTAMP: '1656993600' };

async function read(file: string, context: ReadContext = {}) {
  const { observations, outcome, batches } = await readWhole(nessus, file, context);
  return {
    seen: observations.map((observation) => nessusObservation.parse(observation)),
    refused: outcome.refused.map(({ at, reason }) => `${at}: ${reason}`),
    notices: outcome.notices,
    rows: outcome.rows,
    batches,
  };
}

async function hostsOf(file: string, context: ReadContext = {}) {
  const { seen, refused } = await read(file, context);
  assert.deepEqual(refused, []);
  return seen.flatMap((each) => (each.kind === 'host' ? [each] : []));
}

async function onlyHost(file: string, context: ReadContext = {}) {
  const [only, ...others] = await hostsOf(file, context);
  assert.ok(only !== undefined && others.length === 0);
  return only;
}

describe('nessus', () => {
  it('needs a report that reached a host', async () => {
    assert.deepEqual((await read('<NessusClientData_v2><Policy/></NessusClientData_v2>')).refused, [
      'line 1: has no Report element: the file may be a policy alone; export the scan with its results',
    ]);
    assert.deepEqual((await read(scan(''))).refused, [
      'line 1, Report: reached no host: there is nothing to take in',
    ]);
  });

  it('tells the first version of the format, and the reports of others, by their root', async () => {
    for (const [root, what] of [
      ['NessusClientData', 'a scan in the first version of the Nessus format'],
      ['report', 'a report of Greenbone or OpenVAS'],
      ['nmaprun', 'a scan of Nmap'],
    ] as const) {
      assert.deepEqual((await read(`<${root}></${root}>`)).refused, [
        `line 1: the root element is \`${root}\`: the file is ${what}, and Nessus v2 has \`NessusClientData_v2\`; export the scan as Nessus v2 (.nessus)`,
      ]);
    }
  });

  it('takes its own files for its own, in any encoding, and no others', () => {
    for (const root of ['NessusClientData_v2', 'NessusClientData']) {
      for (const file of [
        `<${root}/>`,
        `\n<!DOCTYPE a><${root}>`,
        `<?xml version="1.0"?><!-- a --><${root} a="1">`,
      ]) {
        assert.equal(recogniseReader(Buffer.from(file)), nessus);
        assert.equal(
          recogniseReader(Buffer.from(file, 'utf16le')),
          file.startsWith('<') ? nessus : undefined,
        );
      }
    }
    for (const file of [
      '{"NessusClientData_v2": 1}',
      'PK\u0003\u0004NessusClientData_v2',
      '<report/>',
      '<html>',
    ]) {
      assert.equal(recogniseReader(Buffer.from(file)), undefined);
    }
  });

  it("takes the day from a host's own times before any other, in the agency's time zone", async () => {
    const context = { observedOn: day('2022-08-01'), timeZone: 'America/New_York' };
    const times = async (tags: Readonly<Record<string, string>>) => {
      const { day, started, ended, finished } = await onlyHost(scan(host(tags)), context);
      return [day, started, ended, finished];
    };
    const [end, start] = ['2022-07-05T03:59:59Z', '2022-07-05T03:00:00Z'];
    const both = { HOST_START_TIMESTAMP: '1656990000', HOST_END_TIMESTAMP: '1656993599' };
    assert.deepEqual(await times(both), ['2022-07-04', start, end, true]);
    assert.deepEqual(await times({ ...both, HOST_END: 'Tue Jul  5 23:59:59 2022' }), [
      '2022-07-04',
      start,
      end,
      true,
    ]);
    assert.deepEqual(await times({ ...both, HOST_END_TIMESTAMP: '1656993600' }), [
      '2022-07-05',
      start,
      '2022-07-05T04:00:00Z',
      true,
    ]);
    assert.deepEqual(await times({ HOST_END: 'Mon Jul  4 23:59:59 2022' }), ['2022-07-04', null, end, true]);
    assert.deepEqual(await times({ HOST_START: 'Mon Jul  4 23:00:00 2022' }), [
      '2022-07-04',
      start,
      null,
      false,
    ]);
    assert.deepEqual(await times({}), ['2022-08-01', null, null, true]);
    assert.equal((await onlyHost(scan(host({ HOST_END_TIMESTAMP: '1656993599' })))).day, '2022-07-05');
  });

  it('refuses a host without a date, and says how to give one', async () => {
    assert.deepEqual((await read(scan(`\n\n${host({}, [], 'x'.repeat(90))}`))).refused, [
      `line 3: the host \`${'x'.repeat(39)}…\` has no date: give the day (--observed YYYY-MM-DD)`,
    ]);
  });

  it('refuses times that are none, or of other years than 1900 to 2199', async () => {
    for (const [tag, text, sound] of [
      ['HOST_END_TIMESTAMP', '7258118399', true],
      ['HOST_END_TIMESTAMP', '7258118400', false],
      ['HOST_END_TIMESTAMP', '1656993600000', false],
      ['HOST_END_TIMESTAMP', '999999999999', false],
      ['HOST_END_TIMESTAMP', '1e9', false],
      ['HOST_END', 'Mon Jan  1 00:00:00 1900', true],
      ['HOST_END', 'Sun Dec 31 23:59:59 1899', false],
      ['HOST_END', 'Tue Dec 31 23:59:59 2199', true],
      ['HOST_END', 'Wed Jan  1 00:00:00 2200', false],
      ['HOST_END', 'Sun Feb 29 10:00:00 2021', false],
      ['HOST_END', 'Sun Feb 28 24:00:00 2021', false],
      ['HOST_END', '2022-07-05', false],
      ['HOST_END', 'Tue Jui 5 14:57:03 2022', false],
    ] as const) {
      const { refused } = await read(scan(host({ [tag]: text })));
      assert.deepEqual(refused.length, sound ? 0 : 1, text);
    }
  });

  it('says in a notice that times without a time zone were read in the agency’s', async () => {
    const clock = host({ HOST_START: 'Mon Jul  4 23:00:00 2022', HOST_END: 'Mon Jul  4 23:59:59 2022' });
    const { notices } = await read(scan(clock + clock + host(ENDED)), { timeZone: 'America/Chicago' });
    assert.deepEqual(notices, [
      "the times of 2 hosts name no time zone: they are read in the agency's (America/Chicago)",
    ]);
    assert.deepEqual((await read(scan(host(ENDED)))).notices, []);
  });

  it('gives the same digest for the same items in any order and layout, another for others', async () => {
    const items = [
      item(1, 'pluginName="One  more"'),
      item(2, '', '<cve>CVE-1999-0002</cve><cve>CVE-1999-0001</cve>'),
      item(2),
    ];
    const digest = async (of: readonly string[], tags: Readonly<Record<string, string>> = {}, name = 'a') =>
      (await onlyHost(scan(host({ ...ENDED, ...tags }, of, name)))).digest;
    const expected = await digest(items);
    assert.equal(await digest(items.toReversed(), { 'host-ip': '192.0.2.9' }, 'b'), expected);
    assert.equal(
      await digest([
        item(2, '', '\n<cve>CVE-1999-0001</cve>\n<x/><cve>CVE-1999-0002</cve>'),
        "<ReportItem\n severity='2' pluginName='One more' pluginID='1' protocol='TCP' port='22'/>",
        item(2),
      ]),
      expected,
    );
    const others = [
      await digest(items.slice(1)),
      await digest([...items, item(2)]),
      await digest([...items, item(2), item(2)]),
      await digest([item(1, 'pluginName="One less"'), ...items.slice(1)]),
      await digest(items, { Credentialed_Scan: 'true' }),
      await digest([]),
    ];
    assert.equal(new Set([expected, ...others]).size, others.length + 1);
  });

  it('takes the score of version 3 before that of version 2', async () => {
    const scores = async (inside: string) => {
      const { seen } = await read(scan(host(ENDED, [item(1, '', inside)])));
      return seen[0]?.kind === 'item' ? seen[0].cvss : undefined;
    };
    assert.equal(
      await scores('<cvss_base_score>5.0</cvss_base_score><cvss3_base_score>7.5</cvss3_base_score>'),
      '7.5',
    );
    assert.equal(
      await scores('<cvss3_base_score>7.5</cvss3_base_score><cvss_base_score>5.0</cvss_base_score>'),
      '7.5',
    );
    assert.equal(await scores('<cvss_base_score>10.0</cvss_base_score>'), '10.0');
    assert.equal(await scores('<risk_factor>High</risk_factor>'), '');
  });

  it('keeps text for people on one line and short', async () => {
    const { seen } = await read(
      scan(
        host(ENDED, [
          item(
            1,
            `pluginName="a&#10;b&#x200b;c&#9;${'x'.repeat(300)}" svc_name="${'\u{1F600}'.repeat(150)}"`,
          ),
        ]),
      ),
    );
    const [first] = seen;
    assert.ok(first?.kind === 'item');
    assert.equal(first.title, `a b c ${'x'.repeat(194)}`);
    assert.equal(first.service, '\u{1F600}'.repeat(100));
  });

  it('bounds what one item and one policy may hold', async () => {
    const cves = (count: number) =>
      Array.from({ length: count }, (_, index) => `<cve>CVE-2021-${1000 + index}</cve>`).join('');
    assert.deepEqual((await read(scan(host(ENDED, [item(1, '', cves(2000))])))).refused, []);
    assert.deepEqual((await read(scan(host(ENDED, [item(1, '', cves(2001))])))).refused, [
      'line 1, cve: is one more than 2000 in one item',
    ]);
    const families = Array.from(
      { length: 10_001 },
      (_, index) => `<FamilyItem><FamilyName>F${index}</FamilyName><Status>enabled</Status></FamilyItem>`,
    );
    const policy = `<Policy><FamilySelection>${families.join('')}</FamilySelection></Policy>`;
    assert.deepEqual((await read(scan(host(ENDED), policy))).refused, [
      'line 1, FamilyItem: is one family more than 10000',
    ]);
  });

  it('reads a family that is named twice alike, and a host that is there twice', async () => {
    const family = '<FamilyItem><FamilyName>DNS</FamilyName><Status>enabled</Status></FamilyItem>';
    const { seen, rows } = await read(
      scan(
        host(ENDED, [item(1)]) + host(ENDED, [item(1)]),
        `<Policy><FamilySelection>${family}${family}</FamilySelection></Policy>`,
      ),
    );
    assert.deepEqual(
      seen.map(({ kind, at }) => [kind, at]),
      [
        ['family', 1],
        ['family', 2],
        ['item', 3],
        ['host', 4],
        ['item', 5],
        ['host', 6],
      ],
    );
    assert.deepEqual(
      seen.flatMap((each) => (each.kind === 'family' ? [] : [each.host])),
      [1, 1, 2, 2],
    );
    assert.equal(rows, 2);
  });

  it('passes over what stands where it does not belong', async () => {
    const { seen } = await read(
      `<NessusClientData_v2><ReportHost name="b"/><FamilySelection><FamilyItem/></FamilySelection>${scan(
        `<ReportItem/><x>${host(ENDED, [item(9)], 'c')}</x>${host(ENDED, [item(1), '<x><ReportItem/></x>'])}`,
      ).slice('<NessusClientData_v2>'.length)}`,
    );
    assert.deepEqual(
      seen.map((each) => (each.kind === 'item' ? each.plugin : each.kind === 'host' ? each.name : '')),
      [1, 'a'],
    );
  });

  it('hands over batches of two thousand, and nothing more after the first refusal', async () => {
    const items = Array.from({ length: 4500 }, (_, index) => item(index));
    assert.deepEqual((await read(scan(host(ENDED, items)))).batches, [2000, 2000, 501]);
    const { batches, refused, rows } = await read(scan(host(ENDED, items.with(2100, '<ReportItem/>'))));
    assert.ok(batches.length <= 1);
    assert.deepEqual([refused.length, rows], [4, 4500]);
  });

  it('shows nothing of a file but names', async () => {
    const { refused } = await read(
      scan(
        host({ 'host-ip': 'Hidden', HOST_END: 'Hidden', Credentialed_Scan: 'Hidden', hostname: 'Hid\nden' }, [
          '<ReportItem port="Hidden" severity="Hidden" pluginID="Hidden" protocol="Hid&#10;den"><cve>Hidden</cve><cvss_base_score>Hidden</cvss_base_score></ReportItem>',
        ]),
      ),
    );
    assert.equal(refused.length, 10);
    assert.doesNotMatch(refused.join(), /hid/i);
  });
});

const real = fileURLToPath(
  new URL('../../../../shared/evidence/nessus/heimdall_sample.nessus', import.meta.url),
);
const without = existsSync(real) ? false : 'the file is not beside this copy of Muster';

describe('a scan of a real scanner', { skip: without }, () => {
  it('reads whole', async (test) => {
    const seen: NessusObservation[] = [];
    const reading = nessus.read(createReadStream(real), {});
    let next = await reading.next();
    for (; !next.done; next = await reading.next()) seen.push(...next.value);
    const items = seen.flatMap((each) => (each.kind === 'item' ? [each] : []));
    const hosts = seen.flatMap((each) => (each.kind === 'host' ? [each] : []));
    test.diagnostic(`read ${items.length} items on ${hosts.length} hosts`);
    assert.deepEqual(next.value, { rows: 149, notices: [], refused: [] });
    assert.deepEqual(
      ['critical', 'high', 'medium', 'low', 'info'].map(
        (rating) => items.filter((each) => each.rating === rating).length,
      ),
      [1, 1, 5, 2, 140],
    );
    assert.deepEqual(
      hosts.map(({ credentialed, day, finished }) => [credentialed, day, finished]),
      [
        [true, '2022-03-22', true],
        [false, '2022-03-22', true],
        [false, '2022-03-22', true],
      ],
    );
    assert.equal(seen.length - items.length - hosts.length, 57);
    for (const each of seen) nessusObservation.parse(each);
  });
});
