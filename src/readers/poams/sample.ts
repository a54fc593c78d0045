import { day } from '../../time/index.ts';
import type { CsvSample } from '../trial.ts';
import { poamObservation } from './schema.ts';

const header =
  'poam,weakness,component,severity,identified,trigger,created,scheduled_completion,status,status_date,owner,cost,finding';

const file = [
  '\uFEFFPOAM,Weakness,component,severity,identified,trigger,created,scheduled_completion,status,status_date,owner,cost,finding,Remarks',
  'T-1,"Sessions do not end,\r\nand nobody ""noticed""",cloud,HIGH,2021-02-03,2021-02-10,2021-04-09,2022-04-30,Late,,Demo Owner 0001,"$12,000.50","154345; 33850\n33850",one',
  '',
  'T-2,Old software,,medium,2021-02-03,,2021-04-12,2022-05-02,completed,2022-04-29,,0,Old software,',
  ' T-3 ,Tést 日本,on-premises,low,2020-02-29,,2022-06-06,2199-12-31,OPEN,,,,,two',
  'T-4,Keys are old,cloud,critical,2021-02-03,,2021-02-03,2021-02-03,cancelled,2022-06-06,Demo Owner 0002,125000,"20007,0",',
  '',
].join('\r\n');

const plain = [
  header,
  'T-1,Sessions do not end,cloud,high,2021-02-03,2021-02-10,2021-04-09,2022-04-30,late,2022-05-01,Demo Owner 0001,12000,154345 33850',
  'T-2,Old software,,medium,2021-02-03,,2021-04-12,2022-05-02,validated,2022-04-29,,99.95,',
  'T-3,Open shares,office,low,2021-02-03,,2021-04-12,2022-05-02,open,,Demo Owner 0001,,Open shares',
  '',
].join('\n');

export const sample: CsvSample = {
  kind: 'csv',
  context: { observedOn: day('2022-06-06') },
  file,
  plain,
  check: (observation) => void poamObservation.parse(observation),
  wrongCells: [
    { column: 'poam', cell: '', reason: /^is empty$/ },
    { column: 'poam', cell: 'x'.repeat(201), reason: /longer than 200/ },
    { column: 'poam', cell: 'T\u200B-1', reason: /invisible/ },
    { column: 'poam', cell: 'T-2', reason: /^is the same POA&M as on line 2$/ },
    { column: 'weakness', cell: '', reason: /^is empty: say what is wrong$/ },
    { column: 'weakness', cell: 'x'.repeat(2001), reason: /longer than 2000/ },
    { column: 'weakness', cell: 'a\u0007b', reason: /control character/ },
    { column: 'component', cell: '"a\nb"', reason: /line break/ },
    { column: 'severity', cell: '', reason: /is empty: write critical, high, medium, low/ },
    { column: 'severity', cell: 'moderate', reason: /^`moderate` is not known here: write critical/ },
    { column: 'identified', cell: '', reason: /^is empty: write a day as YYYY-MM-DD$/ },
    { column: 'identified', cell: '2/3/2021', reason: /two ways/ },
    { column: 'identified', cell: '2022-06-07', reason: /^2022-06-07 is later than 2022-06-06/ },
    { column: 'trigger', cell: '2022-06-07', reason: /is later than/ },
    { column: 'trigger', cell: 'none', reason: /^`none` is not a day/ },
    { column: 'created', cell: '', reason: /^is empty: write a day/ },
    { column: 'created', cell: '2022-06-07', reason: /is later than/ },
    { column: 'scheduled_completion', cell: '', reason: /^is empty: write a day/ },
    { column: 'scheduled_completion', cell: '2200-01-01', reason: /no day of the calendar/ },
    { column: 'status', cell: '', reason: /is empty: write open, late, completed/ },
    { column: 'status', cell: 'closed', reason: /^`closed` is not known here: write open/ },
    { column: 'status_date', cell: '2022-06-07', reason: /is later than/ },
    { column: 'owner', cell: 'x'.repeat(201), reason: /longer than 200/ },
    { column: 'cost', cell: '=1+1', reason: /^is not an amount: write dollars/ },
    { column: 'cost', cell: '-5', reason: /not an amount/ },
    { column: 'cost', cell: '12.5', reason: /not an amount/ },
    { column: 'cost', cell: '1e6', reason: /not an amount/ },
    { column: 'cost', cell: '12k', reason: /not an amount/ },
    { column: 'cost', cell: '"1,2,3"', reason: /not an amount/ },
    { column: 'finding', cell: '2147483648', reason: /larger than any plugin/ },
    { column: 'finding', cell: `a ${'1 '.repeat(150)}`, reason: /no list of plugin numbers/ },
    { column: 'finding', cell: 'a\u0007', reason: /control character/ },
    { column: 'finding', cell: '1 '.repeat(1001), reason: /longer than 2000/ },
  ],
};
