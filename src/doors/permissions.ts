import {
  desk,
  oversight,
  roles,
  roleWords,
  type Act,
  type Declarations,
  type Intake,
  type Role,
  type View,
} from '../acts/index.ts';
import type { OwnRoute } from './http/own-routes.ts';

/** What somebody may do by one of the roles, under the name that the API, the commands and the record give it. */
export interface Permission {
  readonly program: string;
  readonly kind: 'read' | 'act' | 'import';
  readonly name: string;
  readonly title: string;
  readonly may: readonly Role[];
  readonly reach: Reaching;
}

/** What a grant must reach for a permission to count. */
const REACHES = {
  agency: 'the agency as a whole: a grant over one system does not do',
  'system asked about':
    'the system that is named; where none is, the agency as a whole, and whoever reaches one system alone asks about that',
  'each system': 'the system that is named; where none is, it tells of each system that is reached',
  'where it lies':
    'the system that the duty, finding, POA&M, file or entry is of; the agency as a whole where it is of none. Privileged acts and their entries lie in the system Muster',
  anywhere: 'nothing in particular: a grant over any system or range of units does',
} as const;

type Reaching = keyof typeof REACHES;

/** Roles that are often named together. */
const GROUPS: readonly (readonly [name: string, members: readonly Role[]])[] = [
  ['every role', roles],
  ['the desk', desk],
  ['oversight', oversight],
];

const KINDS = { read: 'read', act: 'do', import: 'bring in' } as const satisfies Record<
  Permission['kind'],
  string
>;

/** Everything that programs let people read, do and bring in. */
export function permissionsIn({ programs }: Declarations): Permission[] {
  return programs.flatMap(({ program, views = [], acts = [], intakes = [] }) =>
    [...views.map(ofView), ...acts.map(ofAct), ...intakes.map(ofIntake)].map((each) => ({
      program,
      ...each,
    })),
  );
}

/** Who may do what, as Markdown, from the declarations alone. */
export function renderPermissions(declarations: Declarations, ownRoutes: readonly OwnRoute[]): string {
  const permissions = permissionsIn(declarations);
  return [
    HEAD,
    section('Roles', ROLES_SAY, rolesTable()),
    section('What each role may', '', eachRole(permissions, ownRoutes)),
    section('What a grant must reach', REACH_SAYS, table(['reach', ''], Object.entries(REACHES))),
    ...Map.groupBy(permissions, ({ program }) => program)
      .entries()
      .map(([program, own]) => section(`Program ${code(program)}`, '', permissionTable(own))),
    section('Entries that tell of people', PERSONAL_SAYS, personalTable(declarations)),
    section("The house's own routes", OWN_SAYS, routeTable(ownRoutes)),
  ].join('\n');
}

const HEAD = `# Permissions

Who may do what. This page is what \`muster permissions\` prints, derived from what the programs declare; a test compares the two, and another asks everything here of the server as everybody. A view is read at \`GET /api/agencies/CODE/…\`, an act is done at \`POST /api/agencies/CODE/acts/NAME\`, and a file is brought in at \`POST /api/agencies/CODE/evidence\`; \`/api/openapi.json\`, for whoever is signed in, has the paths.

Of an agency that is not theirs people learn nothing once they have signed in, not even whether it exists; the page of signing in lists the codes of all. What somebody is denied is recorded, and so is what an auditor reads.
`;

const ROLES_SAY =
  'A role is granted to a person over the agency, over one system, or over a range of units, from a day until a day. Whoever sits at the machine and uses the commands there holds every role.';

const REACH_SAYS = 'A role counts only where its grant reaches. In the tables below a permission must reach:';

const PERSONAL_SAYS =
  'What an entry says in one line holds no personal detail, and is for all who read `entries`. The whole of these is for fewer, whose grants must reach where the entry lies.';

const OWN_SAYS =
  'Below `/api`. A session is what signing in begins; a token, which programs use, is let in where no session is asked for, with the roles that it was made with.';

function section(title: string, says: string, table: string): string {
  return `## ${title}\n\n${says === '' ? '' : `${says}\n\n`}${table}\n`;
}

function rolesTable(): string {
  const rows = roles.map((role) => {
    const groups = GROUPS.slice(1).filter(([, members]) => members.includes(role));
    const { title, purpose } = roleWords[role];
    return [code(role), title, groups.map(([name]) => name).join(', '), purpose];
  });
  return table(['role', 'title', 'part of', 'whoever holds it'], rows);
}

function eachRole(permissions: readonly Permission[], ownRoutes: readonly OwnRoute[]): string {
  const named = (role: Role, kind: Permission['kind']) =>
    permissions
      .filter((permission) => permission.kind === kind && permission.may.includes(role))
      .map(({ name }) => code(name))
      .join(', ');
  const rows = roles.map((role) => {
    const own = ownRoutes.filter(({ access }) => typeof access !== 'string' && access.includes(role));
    const does = [named(role, 'act'), ...own.map(({ name }) => code(name))].filter((each) => each !== '');
    return [code(role), named(role, 'read'), does.join(', '), named(role, 'import')];
  });
  return table(['role', 'reads', 'does', 'brings in'], rows);
}

function permissionTable(permissions: readonly Permission[]): string {
  const rows = permissions.map(({ kind, name, title, may, reach }) => [
    KINDS[kind],
    code(name),
    title,
    codesOf(may),
    reach,
  ]);
  return table(['', 'name', 'what', 'who may', 'must reach'], rows);
}

function personalTable({ entryKinds }: Declarations): string {
  const rows = [...entryKinds.values()].flatMap(({ kind, mayRead }) =>
    mayRead === undefined ? [] : [[code(kind), codesOf(mayRead)]],
  );
  return table(['entries of', 'who may read one whole'], rows);
}

function routeTable(ownRoutes: readonly OwnRoute[]): string {
  const rows = ownRoutes.map(({ name, method, path, summary, access, isInPerson = false }) => [
    code(name),
    code(`${method} ${path}`),
    summary,
    typeof access === 'string' ? ACCESS[access] : `${codesOf(access)}${isInPerson ? ', by a session' : ''}`,
  ]);
  return table(['name', 'route', 'what', 'who may'], rows);
}

const ACCESS = {
  open: 'anyone',
  'signed-in': 'whoever is signed in, by a session or a token',
  session: 'whoever is signed in, by a session',
} as const;

type OfProgram = Omit<Permission, 'program'>;

function ofView({ view: name, title, may, where }: View): OfProgram {
  return { kind: 'read', name, title, may, reach: reachOf(where) };
}

function ofAct({ act: name, title, may, where }: Act): OfProgram {
  return { kind: 'act', name, title, may, reach: reachOf(where) };
}

function ofIntake({ reader: { name, title }, may, takes }: Intake): OfProgram {
  const reach = takes.includes('system') ? 'system asked about' : 'agency';
  return { kind: 'import', name, title, may, reach };
}

function reachOf(where: View['where'] | Act['where']): Reaching {
  if (where === undefined || typeof where === 'string') return where ?? 'agency';
  if (typeof where === 'function') return 'where it lies';
  return 'ofEach' in where ? 'each system' : 'system asked about';
}

/** Roles by the groups that they make up, then one by one. */
function codesOf(may: readonly Role[]): string {
  const words: string[] = [];
  let left = may;
  for (const [name, members] of GROUPS) {
    if (!members.every((role) => left.includes(role))) continue;
    words.push(name);
    left = left.filter((role) => !members.includes(role));
  }
  return [...words, ...roles.filter((role) => left.includes(role)).map(code)].join(', ');
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
