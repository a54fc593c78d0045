/*
 * A small scan and what can go wrong with it. Everything is drawn from a seed, so that a file
 * that failed can be made again by its number.
 */

export interface Mutation {
  readonly bytes: Uint8Array;
  readonly what: string;
}

/** The mutated files of a seed, by number. */
export function mutationsOf(seed: number): (at: number) => Mutation {
  return (at) => {
    const draw = drawing(seed * 1_000_003 + at);
    const base = scan(draw(3), draw(28) + 1);
    const steps = 1 + draw(3);
    let mutation: Mutation = { bytes: Buffer.from(base), what: 'as it is' };
    for (let step = 0; step < steps; step += 1) {
      const mutate = mutators[draw(mutators.length)] ?? mutators[0];
      const text = mutate?.(Buffer.from(mutation.bytes).toString('latin1'), draw);
      mutation = {
        bytes: Buffer.from(text ?? '', 'latin1'),
        what: `${mutation.what}, ${mutate?.name ?? ''}`,
      };
    }
    return mutation;
  };
}

/** Whole numbers from 0 to below the limit; mulberry32. */
type Draw = (limit: number) => number;

function drawing(seed: number): Draw {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  };
}

function scan(without: number, date: number): string {
  const day = `2022-06-${String(date).padStart(2, '0')}`;
  const start = Date.parse(`${day}T12:00:00Z`) / 1000;
  const hosts = ['web-1', 'db-9'].map((name, host) => {
    const items = [3, 2, 1, 0, 4]
      .filter((_, item) => item !== without)
      .map((severity, item) => {
        const open = `<ReportItem port="${443 * host}" svc_name="www" protocol="tcp" severity="${severity}" pluginID="${900_100 + item}" pluginName="Invented &lt;${item}&gt;" pluginFamily="${item % 2 ? 'General' : 'Misc.'}">`;
        return `${open}\n<risk_factor>High</risk_factor>\n<cve>CVE-1900-000${item}</cve>\n<description>Invented é</description>\n</ReportItem>\n`;
      });
    return `<ReportHost name="${name}"><HostProperties>
<tag name="HOST_START_TIMESTAMP">${start}</tag>
<tag name="HOST_END">Mon Jun ${date} 12:20:00 2022</tag>
<tag name="HOST_END_TIMESTAMP">${start + 1200}</tag>
<tag name="host-ip">192.0.2.${host + 1}</tag>
<tag name="Credentialed_Scan">${host ? 'false' : 'true'}</tag>
</HostProperties>\n${items.join('')}</ReportHost>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<NessusClientData_v2>
<Policy><policyName>invented</policyName><FamilySelection>
<FamilyItem><FamilyName>General</FamilyName><Status>enabled</Status></FamilyItem>
<FamilyItem><FamilyName>Misc.</FamilyName><Status>mixed</Status></FamilyItem>
</FamilySelection></Policy>
<Report name="invented" xmlns:cm="http://www.nessus.org/cm">
${hosts.join('')}</Report>
</NessusClientData_v2>
`;
}

type Mutator = (text: string, draw: Draw) => string;

const flipByte: Mutator = (text, draw) => splice(text, draw(text.length), 1, String.fromCharCode(draw(256)));

const cutRange: Mutator = (text, draw) => splice(text, draw(text.length), draw(60), '');

const repeatRange: Mutator = (text, draw) => {
  const from = draw(text.length);
  return splice(text, draw(text.length), 0, text.slice(from, from + draw(200)));
};

const insertNoise: Mutator = (text, draw) => {
  const noises = [
    '<',
    '>',
    '&',
    '"',
    ']]>',
    '<!--',
    '<![CDATA[',
    '<!DOCTYPE a>',
    '&bomb;',
    '\0',
    '\uFFFE',
    '</Report>',
    '<?x?>',
  ];
  return splice(text, draw(text.length), 0, noises[draw(noises.length)] ?? '');
};

const truncate: Mutator = (text, draw) => text.slice(0, draw(text.length));

const dropElement: Mutator = (text, draw) => {
  const found = elements(text);
  const one = found[draw(found.length)];
  return one ? splice(text, one.at, one.text.length, '') : text;
};

const repeatElement: Mutator = (text, draw) => {
  const found = elements(text);
  const one = found[draw(found.length)];
  return one ? splice(text, one.at, 0, one.text) : text;
};

const moveElement: Mutator = (text, draw) => {
  const found = elements(text);
  const one = found[draw(found.length)];
  if (!one) return text;
  const rest = splice(text, one.at, one.text.length, '');
  const places = [...rest.matchAll(/\n/g)].map((match) => match.index + 1);
  return splice(rest, places[draw(places.length)] ?? 0, 0, one.text);
};

const changeValue: Mutator = (text, draw) => {
  const values = [...text.matchAll(/="([^"]*)"|>([^<\n]+)</g)];
  const one = values[draw(values.length)];
  const others = [
    '',
    '-1',
    '5',
    '65536',
    '99999999999',
    '1e3',
    'NaN',
    'true',
    'mixed',
    'x'.repeat(300),
    'Thu Jan 99',
    '3 ',
    "';--",
  ];
  if (!one) return text;
  const old = one[1] ?? one[2] ?? '';
  return splice(text, one.index + one[0].indexOf(old), old.length, others[draw(others.length)] ?? '');
};

const dropAttribute: Mutator = (text, draw) => {
  const found = [...text.matchAll(/ \w+="[^"]*"/g)];
  const one = found[draw(found.length)];
  return one ? splice(text, one.index, one[0].length, '') : text;
};

const changeNumber: Mutator = (text, draw) => {
  const found = [...text.matchAll(/(?:port|severity|pluginID)="(\d+)"/g)];
  const one = found[draw(found.length)];
  const number = one?.[1];
  if (!one || number === undefined) return text;
  return splice(text, one.index + one[0].indexOf('"') + 1, number.length, String(draw(6)));
};

const mutators: readonly Mutator[] = [
  flipByte,
  cutRange,
  repeatRange,
  insertNoise,
  truncate,
  dropElement,
  repeatElement,
  moveElement,
  changeValue,
  dropAttribute,
  changeNumber,
  changeNumber,
];

function elements(text: string): { at: number; text: string }[] {
  const names = [
    'ReportItem',
    'ReportHost',
    'tag',
    'HostProperties',
    'FamilyItem',
    'Policy',
    'risk_factor',
    'cve',
  ];
  return names.flatMap((name) =>
    [...text.matchAll(new RegExp(`<${name}[ >][^]*?</${name}>\n?`, 'g'))].map((match) => ({
      at: match.index,
      text: match[0],
    })),
  );
}

function splice(text: string, at: number, remove: number, insert: string): string {
  return text.slice(0, at) + insert + text.slice(at + remove);
}
