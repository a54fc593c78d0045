import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performAct } from '../src/acts/index.ts';
import { buildServer } from '../src/doors/http/server.ts';
import type { House } from '../src/doors/house.ts';
import { beginSession } from '../src/doors/sign-in/sessions.ts';
import { makeToken } from '../src/doors/sign-in/tokens.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { actorName, findPerson } from '../src/programs/people/index.ts';
import { keyBase, keyText } from '../src/record/index.ts';
import { benchAgency } from './house.ts';
import { median, time, type Measured } from './measure.ts';

const RUNS = 15;
const REQUESTS = 200;

/**
 * What knowing who asks costs: the same answer, which needs no database of its own, to somebody with a
 * session or a token against a route that is open to anyone. `rows` sessions of others are there.
 */
export async function measureSignIn(house: House, rows: number): Promise<Measured[]> {
  const agency = await benchAgency(house, `SIGN-IN-${rows}`);
  const { cookie, token } = await signInSomebody(house, agency);
  await addSessions(house, agency, rows);
  const server = await buildServer({
    house,
    log: () => undefined,
    network: { securityContact: 'mailto:bench@agency.example' },
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const asking = (path: string, headers: Readonly<Record<string, string>>) => async () => {
    for (let n = 0; n < REQUESTS; n += 1) await get(agent, port, path, headers);
  };
  const open = asking('/.well-known/security.txt', {});
  const measured: Measured[] = [];
  try {
    for (const [what, headers] of [
      ['by a session', { cookie: `__Host-muster=${cookie}` }],
      ['by a token', { authorization: `Bearer ${token}` }],
    ] as const) {
      const signed = asking('/api/duty-types', headers);
      const floors: number[] = [];
      const own: number[] = [];
      // By turns, so that a noisy machine is noisy for both.
      for (let run = 0; run < RUNS; run += 1) {
        floors.push(...(await time(1, open, run === 0)));
        own.push(...(await time(1, signed, run === 0)));
      }
      measured.push({
        what: `${REQUESTS} requests ${what}`,
        rows,
        floor: 'anonymous',
        floorMs: median(floors),
        ms: median(own),
        goal: null,
      });
    }
  } finally {
    agent.destroy();
    await server.close();
  }
  return measured;
}

async function signInSomebody(house: House, agency: AgencyFacts) {
  const { store, declarations, operator } = house;
  const act = (name: string, input: object) =>
    performAct(store, declarations, agency.agency, operator, house.today(agency), name, input);
  const { index } = await act('person.add', { name: 'Bench Person', signInName: 'bench' });
  const key = keyBase(index) + 1;
  await act('grant.give', { person: keyText(key), role: 'isso', over: 'agency' });
  const actor = { name: actorName(key), grants: [{ role: 'isso', reach: { over: 'agency' } }] } as const;
  const cookie = await store.as(actor.name).write(agency.agency, async (tx) => {
    const person = await findPerson(tx, key);
    if (!person) throw new Error('the person was added');
    return beginSession(tx, { house, agency }, person, { way: 'bench' }, { agent: '', address: '' });
  });
  const wanted = { name: 'bench', roles: ['isso'], days: 1 } as const;
  const { secret } = await makeToken(house, agency, actor, key, wanted);
  return { cookie, token: secret };
}

/** Sessions of as many people, who are nobody's accounts: only to be looked through. */
async function addSessions(house: House, agency: AgencyFacts, rows: number): Promise<void> {
  await house.store.write(agency.agency, (tx) =>
    tx.run(
      `insert into session (agency_id, person_key, token_hash, started, last_used, ends, way, agent, address)
       select $1, n, sha256(n::text::bytea), $3, $3, $4, 'bench', '', '' from generate_series(1, $2::int) n`,
      [agency.agency, rows, tx.now().toISOString(), new Date(tx.now().getTime() + 3_600_000).toISOString()],
    ),
  );
}

function get(
  agent: Agent,
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request({ agent, host: '127.0.0.1', port, path, headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${path} answered ${answer.statusCode}`));
      answer.once('end', resolve).resume();
    });
    asked.once('error', reject).end();
  });
}
