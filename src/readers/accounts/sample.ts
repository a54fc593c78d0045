import { day } from '../../time/index.ts';
import type { CsvSample } from '../trial.ts';
import { accountObservation } from './schema.ts';

const header = 'account,name,component,privileged,created,last_login,status,status_changed';

const file = [
  '\uFEFFStatus, ACCOUNT ,Name,component,privileged,created,last_login,status_changed,Department',
  'active,test-0001,Test User 0001,cloud,no,2021-03-01,2022-07-08,,one',
  '"deactivated","test-0002","Test User 0002,\r\nsecond line\nthird line",cloud,FALSE,2021-03-01,2022-01-31,2022-07-08,"t""wo"',
  '',
  'Quarantined,test-0003,,cloud,No,,2020-12-31,2021-04-30,',
  ' active , test-0001 ,Tést Üser 0004 日本,on-premises,yes,2020-02-29,,,',
  'disabled,test-0005,Test User 0005,cloud,true,2021-03-01,,2022-03-01,',
  '',
].join('\r\n');

const plain = [
  header,
  'test-0001,Test User 0001,cloud,no,2021-03-01,2022-07-08,active,',
  'test-0002,Test User 0002,cloud,yes,2021-03-01,,deactivated,2022-01-31',
  'test-0003,Test User 0003,cloud,no,,2022-02-28,quarantined,2022-06-28',
  'test-0004,Test User 0004,cloud,no,2021-03-01,2022-02-28,disabled,',
  '',
].join('\n');

export const sample: CsvSample = {
  kind: 'csv',
  context: { observedOn: day('2022-07-08') },
  file,
  plain,
  check: (observation) => void accountObservation.parse(observation),
  wrongCells: [
    { column: 'account', cell: '', reason: /^is empty$/ },
    { column: 'account', cell: '   ', reason: /^is empty$/ },
    { column: 'account', cell: 'x'.repeat(201), reason: /longer than 200/ },
    { column: 'account', cell: '"a\nb"', reason: /line break or an invisible/ },
    { column: 'account', cell: 'a\u200Bb', reason: /invisible/ },
    { column: 'account', cell: 'a\u202Eb', reason: /invisible/ },
    { column: 'account', cell: 'test-0003', reason: /same account .* on line/ },
    { column: 'name', cell: 'a\u0007b', reason: /control character/ },
    { column: 'component', cell: '', reason: /--component/ },
    { column: 'privileged', cell: '', reason: /is empty: write yes, no/ },
    { column: 'privileged', cell: 'maybe', reason: /^`maybe` is not known here: write yes, no/ },
    { column: 'status', cell: '', reason: /is empty: write active/ },
    {
      column: 'status',
      cell: 'locked',
      reason: /^`locked` .*: write active, disabled, deactivated, quarantined$/,
    },
    { column: 'status', cell: '000-00-0000', reason: /^the cell is not known here/ },
    { column: 'status', cell: `l${'o'.repeat(90)}ng`, reason: /^`lo{38}…` is not known/ },
    {
      column: 'last_login',
      cell: '7/8/2022',
      reason: /^`7\/8\/2022` can be read in two ways: .*write 2022-07-08/,
    },
    { column: 'last_login', cell: '07/08/2022 3:15 PM', reason: /^`07\/08\/2022` can be read in two ways/ },
    { column: 'last_login', cell: '8.7.22', reason: /two ways/ },
    {
      column: 'last_login',
      cell: '2022-07-01T12:00:00Z',
      reason: /^`2022-07-01` has a time after it.*write the day alone/,
    },
    { column: 'last_login', cell: '2022-07-01 12:00:00', reason: /^`2022-07-01` has a time after it/ },
    { column: 'last_login', cell: '2022-02-29', reason: /no day of the calendar/ },
    { column: 'last_login', cell: '2022-7-1', reason: /YYYY-MM-DD/ },
    { column: 'last_login', cell: '1601-01-01', reason: /from 1900 to 2199/ },
    { column: 'last_login', cell: 'never', reason: /^`never` is not a day.*leave the cell empty/ },
    { column: 'last_login', cell: '44750', reason: /^the cell is not a day: write YYYY-MM-DD$/ },
    { column: 'last_login', cell: '000-00-0000', reason: /^the cell is not a day: write YYYY-MM-DD$/ },
    { column: 'last_login', cell: '2022-07-09', reason: /^2022-07-09 is later than 2022-07-08, the day/ },
    { column: 'created', cell: '2022-07-09', reason: /^2022-07-09 is later/ },
    { column: 'status_changed', cell: '2022-07-09', reason: /^2022-07-09 is later/ },
  ],
};
