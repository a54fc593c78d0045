import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { recogniseReader } from '../src/readers/index.ts';
import { rowsOf, written } from './by-hand.ts';
import { type DemoFile, demonstration } from './index.ts';

const MOST_BYTES = 3_000_000;

const { agency, files } = demonstration();

async function* inOneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function rowsWritten(file: DemoFile): number {
  return file.reader === 'nessus' ? written(file).split('<ReportItem ').length - 1 : rowsOf(file).length;
}

describe('the demonstration', () => {
  it('is the same to the byte each time', () => {
    const digests = demonstration().files.map(
      ({ name, bytes }) => `${name} ${createHash('sha256').update(bytes).digest('hex')}`,
    );
    assert.deepEqual(digests, [
      'demo-ecm-inventory.csv bac929ba59621b24607193a68bb5dfd7ab60589e3d32fede7d89a1603bc5b140',
      'demo-ecm-accounts-2022-07-08.csv 567776575f9f5bff517d5a3433ca3b33a473a9512a84c967d4bbf74b4b2e6898',
      'demo-ecm-accounts-2022-10-14.csv e784dc5203ed5fe2d1f2d1456ba288e5891bf0775048ffbff8d6f5fc0d66473b',
      'demo-elp-inventory.csv b8366b858afbdd387367f3cfc2e87f83811c5f89061863319e87338fbe93863f',
      'demo-ecm-scan-2021-12-16.nessus ae26d4354c2462aeff51925d74af81e905777c682950d76922970032c110f777',
      'demo-ecm-scan-2022-01-06.nessus bb39fca4ccc363317ad83edfc1693fe6f07c35900cd967ff54018fd0b125d233',
      'demo-ecm-scan-2022-01-20.nessus c8229b11cc9dae48589c812cddf679f4996b42ac13451c3eed7dc3d6162f22d4',
      'demo-ecm-scan-2022-02-03.nessus 47a2390e8890113a6c8947c63569f759ba4a466f353f337c8a1cef379f3ef0ef',
      'demo-ecm-scan-2022-02-23.nessus f240419c692238ab19e35e268da6cf81b42fff054b1f44f08238ead5444a7f02',
      'demo-ecm-scan-2022-03-10.nessus 6edb8f881c629dc077183f57a1d8ae253100f6b6fe8b08fd94b149309b5dd77f',
      'demo-ecm-scan-2022-03-24.nessus cd1de3a652e2ca6ca874a78d8697c223d71ead2f637f4f99a696bd1135088d06',
      'demo-ecm-scan-2022-04-12.nessus f08b288577ee714990c6c7225755dd19aa2315a947abe2005f462787fb1e114e',
      'demo-ecm-scan-2022-04-26.nessus 4ee346e20f81aa143bd1c15bb637573aacc60fdb10cdc9a587d907af3120597f',
      'demo-ecm-scan-2022-05-10.nessus 226729d39e37f7f68e0093cbbad6f76094d5a7ebcb3b7e40d65faa5a9ea9c870',
      'demo-ecm-scan-2022-05-24.nessus b51387419b3e3df8d037ccac59370c66f59376fbae508e9ed8e69afb286efc4f',
      'demo-ecm-scan-2022-06-07.nessus 8ba797f3ff399122fbed2e6cb0eb00427fc0da9a4bfd89cf9d190ae3e3bf751e',
      'demo-ecm-scan-2022-06-21.nessus 28dd3376aae77136d74302ccad822f5842253f6960b39b46ab1cc65146a6ccc5',
      'demo-ecm-scan-2022-07-05.nessus 9d7176aec2ea23f5f28bf31aecd5e56dcfae413bdc9e2ad4034e2b36350c1bc9',
      'demo-ecm-scan-2022-07-19.nessus 8f15b81371534e8a66a5ac2396d4be5bcd8d1a3acbc99fc3984b490b5dfb152a',
      'demo-ecm-scan-2022-08-16.nessus 0f29b5e2d8b601141b6e67bd6446bfc0101bff38802b325cf09f88049d3250e1',
      'demo-ecm-scan-2022-10-11.nessus 46045a303c83d43d55228e7d652811e8e05c654642013398224cfd0cabc8ac38',
      'demo-ecm-scan-2022-12-13.nessus f80f8a7821954eaebb718093dda82b740561d2c217774189d76d3dfa5fe1f74a',
      'demo-ecm-poams-2021-04-30.csv bf845a1bafdc492f30dbceb0d475e998000be1c7f1446f670bba58dfed3cac76',
      'demo-ecm-poams-2022-03-31.csv 12c76a4c87527acff3da3b4594eb5b2028de5723046c4a1bd6422807ba955264',
      'demo-ecm-poam-updates-2022-06-06.csv 46620f9b92b9c4b5bbbfa6d6a465a6a93c5d103967c2e12295c12696d91fed1e',
      'demo-ecm-poams-2022-07-29.csv d93b5a0def3a9feb72c2199a914ffbf8c15179b7eb65a6e59831014e6f9edc0d',
      'demo-elp-poams-2022-07-29.csv 04f2b0e7e2f44f3b2c00b8a6021799f7126c45b5eeda38c81c09c2f6053ddc85',
      'demo-ecm-poam-updates-2022-12-30.csv 4350d6db2ac2f517f37a2024e20d83921a25f2c25f301373b914174871030251',
      'demo-elp-poam-updates-2022-12-30.csv 6772bfa305b1c7af30af55b0168875fa404703efa2062ce11f890902b67f114b',
    ]);
  });

  it('is small', () => {
    const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
    assert.ok(bytes < MOST_BYTES, String(bytes));
  });

  it('is in formats that their readers know and take without a word', async () => {
    assert.deepEqual(agency, { code: 'DEMO', kind: 'irs', timeZone: 'America/New_York' });
    for (const file of files) {
      const reader = recogniseReader(file.bytes);
      assert.equal(reader?.name, file.reader, file.name);
      const reading = reader.read(inOneChunk(file.bytes), { ...file, timeZone: agency.timeZone });
      let next = await reading.next();
      while (!next.done) next = await reading.next();
      assert.deepEqual(next.value, { rows: rowsWritten(file), notices: [], refused: [] }, file.name);
    }
  });

  it('says of each file what must be said of it', () => {
    for (const { name, reader, system, component, observedOn } of files) {
      const said = [system, component, observedOn].join();
      const dated = name.slice(-'2022-07-08.csv'.length, -'.csv'.length);
      if (reader === 'inventory') assert.equal(said, ',,', name);
      else if (reader === 'nessus') assert.equal(said, 'ECM,,', name);
      else if (reader === 'accounts') assert.equal(said, `ECM,cloud,${dated}`, name);
      else
        assert.equal(said, `${name.slice('demo-'.length, 'demo-ecm'.length).toUpperCase()},,${dated}`, name);
    }
    assert.equal(new Set(files.map(({ name }) => name)).size, files.length);
  });

  it('has ECM with two production servers in the cloud and two on premises, and the Linux platform', () => {
    const rows = files.filter(({ reader }) => reader === 'inventory').flatMap(rowsOf);
    assert.deepEqual(
      rows.map(({ system, component, environment, impact, fti }) =>
        [system, component, environment, impact, fti].join(),
      ),
      [
        ...Array.from({ length: 2 }, () => 'ECM,cloud,cloud,moderate,yes'),
        ...Array.from({ length: 2 }, () => 'ECM,on-premises,on-premises,moderate,yes'),
        ...Array.from({ length: 2 }, () => 'ELP,linux,on-premises,moderate,yes'),
      ],
    );
    for (const { asset, ip, fqdn } of rows) {
      assert.match(asset ?? '', /^demo-/);
      assert.match(ip ?? '', /^192\.0\.2\.\d+$/);
      assert.match(fqdn ?? '', /\.example$/);
    }
    assert.equal(new Set(rows.map(({ ip }) => ip)).size, rows.length);
  });
});
