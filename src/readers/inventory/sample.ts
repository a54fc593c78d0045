import type { CsvSample } from '../trial.ts';
import { inventoryObservation } from './schema.ts';

const header = 'system,component,environment,impact,fti,asset,fqdn,ip,platform,role';

const file = [
  '\uFEFFasset,FQDN,ip,platform,role, System ,component,environment,impact,fti,Owner',
  'test-1,test-1.test.example,192.0.2.1,Linux,"web server,\r\nfront end",Test,cloud,Cloud,moderate,yes,one',
  '',
  '"test-2",test-2.test.example,2001:db8::2,Linux,,Test,cloud,cloud,Moderate,TRUE,',
  'test-1,,,,,Test,"on ""premises""",ON-PREMISES,moderate,no,',
  ',,,,,Test,empty,on-premises,moderate,false,',
  ',,,,,Tést 日本,cloud,cloud,high,no,',
  '',
].join('\r\n');

const plain = [
  header,
  'Test,cloud,cloud,moderate,yes,test-1,test-1.test.example,192.0.2.1,Linux,web server',
  'Test,cloud,cloud,moderate,yes,test-2,test-2.test.example,192.0.2.2,Linux,database',
  'Test,office,on-premises,moderate,no,test-1,,,,',
  'Other,main,on-premises,low,no,,,,,',
  'Test,cloud,cloud,moderate,yes,test-3,,2001:db8::3,,',
  '',
].join('\n');

export const sample: CsvSample = {
  kind: 'csv',
  context: {},
  file,
  plain,
  check: (observation) => void inventoryObservation.parse(observation),
  wrongCells: [
    { column: 'system', cell: '', reason: /^is empty$/ },
    { column: 'component', cell: '', reason: /^is empty$/ },
    { column: 'component', cell: 'x'.repeat(201), reason: /longer than 200/ },
    { column: 'environment', cell: '', reason: /is empty: write cloud, on-premises/ },
    {
      column: 'environment',
      cell: 'hybrid',
      reason: /^`hybrid` is not known here: write cloud, on-premises$/,
    },
    {
      column: 'environment',
      cell: 'on-premises',
      reason: /^is cloud, but on-premises for the same component on line 2$/,
    },
    { column: 'impact', cell: 'medium', reason: /^`medium` .*: write low, moderate, high$/ },
    { column: 'impact', cell: 'high', reason: /^is moderate, but high for the same system on line 2$/ },
    { column: 'fti', cell: '', reason: /is empty: write yes, no/ },
    { column: 'fti', cell: 'no', reason: /^is yes, but no for the same component on line 2$/ },
    { column: 'asset', cell: '', reason: /is empty, but the row describes one/ },
    { column: 'asset', cell: 'test-2', reason: /^is the same asset of the same component as on line 2$/ },
    { column: 'asset', cell: '"test\n1"', reason: /line break/ },
    { column: 'fqdn', cell: '"test\n1"', reason: /line break/ },
    { column: 'ip', cell: '192.0.2.256', reason: /^is not one IPv4 or IPv6 address$/ },
    { column: 'ip', cell: '192.0.2.0/24', reason: /not one IPv4/ },
    { column: 'ip', cell: 'fe80::1%eth0', reason: /not one IPv4/ },
    { column: 'platform', cell: 'a\u0007b', reason: /control character/ },
    { column: 'role', cell: 'x'.repeat(201), reason: /longer than 200/ },
  ],
};
