import type { AuditAnswer, AuditRow, DutiesAnswer, Duty, Explanation } from '../../duties/index.ts';
import type { SystemsAnswer } from '../../programs/inventory/index.ts';
import { renderTable } from './table.ts';

export function renderDuties(answer: DutiesAnswer): string {
  const { counts } = answer;
  const summary = `As of ${answer.asOf}: ${counts.open} open, ${counts.overdue} overdue, ${counts.met} met, ${counts['met-late']} met late, ${counts.undetermined} undetermined; ${counts.suspended} suspended.`;
  if (answer.duties.length === 0) return `${summary}\nNo duty fits.`;
  const rows = answer.duties.map((duty) => [
    duty.subject.name,
    [duty.system, duty.component].filter((part) => part !== null).join('/'),
    duty.rating === null ? duty.class : `${duty.class} (${duty.rating})`,
    duty.trigger,
    duty.due,
    status(duty),
    duty.rule ?? duty.needs[0] ?? null,
    duty.id,
  ]);
  const table = renderTable(['subject', 'where', 'class', 'trigger', 'due', 'status', 'rule', 'duty'], rows);
  const shown = `${answer.duties.length} of ${answer.total}.`;
  const more = answer.next === null ? '' : ` The next page: --after ${answer.next}`;
  return `${summary}\n\n${table}\n\n${shown}${more}`;
}

function status(duty: Duty): string {
  const late = duty.daysLate === null ? '' : ` by ${duty.daysLate} days`;
  return `${duty.status}${late}${duty.suspended ? ', suspended' : ''}`;
}

export function renderAudit(answer: AuditAnswer): string {
  const without =
    answer.without.length > 0 ? `, had ${answer.without.join(' and ')} not been adopted (what if)` : '';
  const invented = answer.demonstration ? '\nDemonstration data: invented, not a finding about anyone.' : '';
  const title = `${answer.system ?? 'All systems'} as of ${answer.asOf}${without}${invented}`;
  if (answer.rows.length === 0) return `${title}\nNo subjects.`;
  const programs = Map.groupBy(answer.rows, ({ program }) => program);
  const parts = [...programs].flatMap(([program, rows]) => [
    `Program ${program}`,
    ...rows.map(renderAuditRow),
  ]);
  return [title, ...parts].join('\n\n');
}

function renderAuditRow(row: AuditRow): string {
  const figures = renderTable(
    [
      'subjects',
      'fallen due',
      'outstanding',
      'open',
      'overdue',
      'met',
      'met late',
      'undetermined',
      'suspended',
    ],
    [
      [
        row.subjects,
        row.fallenDue,
        row.outstanding,
        row.open,
        row.overdue,
        row.met,
        row.metLate,
        row.undetermined,
        row.suspended,
      ],
    ],
  );
  const rates = Object.values(row.rates).map(({ numerator, denominator, percent, source }) => [
    numerator,
    denominator,
    percent === null ? null : `${percent} %`,
    source,
  ]);
  const late =
    row.daysLate && row.daysOpen
      ? `The overdue ones: ${span(row.daysLate)} days late, ${span(row.daysOpen)} days since the trigger.`
      : '';
  const done = Object.entries(row.done).map(([means, count]) => `${count} ${means}`);
  return [
    `${row.duty}, class ${row.class}`,
    figures,
    renderTable(['numerator', 'denominator', 'share', 'what it is'], rates),
    late,
    done.length > 0 ? `Done, fallen due or not: ${done.join(', ')}.` : '',
    `Source: ${row.source}.`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function span({ min, max }: { min: number; max: number }): string {
  return min === max ? String(min) : `${min} to ${max}`;
}

export function renderExplanation(answer: Explanation): string {
  const parts = [
    answer.sentence,
    answer.successorOf === null
      ? ''
      : `(The duty ${answer.successorOf} was superseded by ${answer.duty.id}.)`,
    section(
      'Rules considered',
      answer.considered.map(
        ({ rule, verdict, by, because, cites }) =>
          `${rule}: ${verdict}${by === null ? '' : ` by ${by}`}. ${because} [${cites.join('; ')}]`,
      ),
    ),
    section('Arithmetic', answer.arithmetic),
    section(
      'Facts',
      answer.facts.map(({ attribute, value, source }) => `${attribute} = ${value ?? 'unknown'} (${source})`),
    ),
    section(
      'Evidence',
      answer.evidence.map(
        ({ evidence, file, line, observedOn, says }) =>
          `${file}${line === null ? '' : ` line ${line}`} (entry ${evidence}${observedOn === null ? '' : `, observed ${observedOn}`}): ${says}`,
      ),
    ),
    section(
      'Entries',
      answer.entries.map(
        ({ index, effective, recorded, actor, summary }) =>
          `${index}: ${summary}; effective ${effective}, recorded ${recorded} by ${actor}`,
      ),
    ),
    section(
      'Spells',
      answer.spells.map(
        ({ id, done, means, status: state }) =>
          `${id}: ${state}${done === null ? '' : `, done ${done} (${means ?? ''})`}`,
      ),
    ),
    answer.duty.acceptance ? section('Acceptance', [acceptance(answer.duty)]) : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function acceptance({ acceptance: given, suspended }: Duty): string {
  if (!given) return '';
  const effect = suspended
    ? 'suspends the duty'
    : given.inTime
      ? 'was given in time'
      : 'was given late and only annotates';
  return `from ${given.from} until ${given.until}, entry ${given.entry}: ${given.reason} (${effect})`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

export function renderSystems(answer: SystemsAnswer): string {
  if (answer.systems.length === 0) return 'No systems yet: import an inventory.';
  const rows = answer.systems.flatMap(({ system, impact, components }) =>
    components.map(({ component, environment, fti, holdings, assets }) => [
      system,
      impact,
      component,
      environment,
      fti === null ? null : fti ? 'yes' : 'no',
      assets.length,
      Object.entries(holdings)
        .map(([what, count]) => `${count} ${what}`)
        .join(', '),
    ]),
  );
  return renderTable(['system', 'impact', 'component', 'environment', 'fti', 'assets', 'watched'], rows);
}
