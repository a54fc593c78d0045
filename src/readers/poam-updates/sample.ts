import { day } from '../../time/index.ts';
import type { CsvSample } from '../trial.ts';
import { poamUpdateObservation } from './schema.ts';

const header = 'poam,date,kind,comment,scheduled_completion,status';

const file = [
  '\uFEFFDate,POAM,Kind,comment,scheduled_completion,status,By',
  '2021-05-09,T-1,Update,"On its way,\r\nsaid ""they""",,,one',
  '',
  '2021-06-09, T-1 ,DATE-CHANGE,,2022-04-30,,',
  '2022-04-29,T-2,status,Tést 日本,,Completed,',
  '2022-06-06,T-2,update,,,,two',
  '',
].join('\r\n');

const plain = [
  header,
  'T-1,2021-05-09,status,Work has begun,,late',
  'T-1,2021-06-09,date-change,Parts are late,2022-04-30,',
  'T-2,2021-06-09,update,,,',
  'T-2,2022-04-29,status,,,completed',
  '',
].join('\n');

export const sample: CsvSample = {
  kind: 'csv',
  context: { observedOn: day('2022-06-06') },
  file,
  plain,
  check: (observation) => void poamUpdateObservation.parse(observation),
  wrongCells: [
    { column: 'poam', cell: '', reason: /^is empty$/ },
    { column: 'poam', cell: '"T\n1"', reason: /line break/ },
    { column: 'date', cell: '', reason: /^is empty: write a day/ },
    { column: 'date', cell: '5/9/2021', reason: /two ways/ },
    { column: 'date', cell: '2022-06-07', reason: /is later than 2022-06-06/ },
    { column: 'comment', cell: 'x'.repeat(2001), reason: /longer than 2000/ },
    { column: 'comment', cell: 'a\u0007b', reason: /control character/ },
    { column: 'status', cell: '', reason: /is empty: write open, late/ },
    { column: 'status', cell: 'closed', reason: /^`closed` is not known here/ },
    { column: 'scheduled_completion', cell: '2022-04-30', reason: /^belongs to a row of kind date-change/ },
    { column: 'kind', cell: '', reason: /is empty: write update, date-change, status/ },
    { column: 'kind', cell: 'comment', reason: /^`comment` is not known here/ },
  ],
};
