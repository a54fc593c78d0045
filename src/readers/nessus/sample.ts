import { day } from '../../time/index.ts';
import type { XmlSample } from '../trial.ts';
import { nessusObservation } from './schema.ts';

/** Sections out of order, tags over several lines and on one, CDATA, comments, hosts that say little. */
const file = [
  '\uFEFF<?xml version="1.0" encoding="utf-8" ?>',
  '<!-- exported -> for a test -->',
  '<?note not read?>',
  '<NessusClientData_v2',
  ' >',
  '<Report name="Test" xmlns:cm="http://www.nessus.org/cm">',
  '<ReportHost name="192.0.2.1"><ReportItem severity="3" port="443" svc_name="www" protocol="TCP" pluginID="154345"',
  "  pluginName='Old  &lt;library&gt; &#x2014; 日本' pluginFamily=\"Misc.\" further='x>y'>",
  '<cve>CVE-2021-9999</cve><cve><![CDATA[CVE-2021-1000]]></cve><cve> CVE-2021-9999 </cve>',
  '<description>It is old ]] > and <b>bold</b><cve>not read</cve></description>',
  '<cvss_base_score>7.5</cvss_base_score><cvss3_base_score>8.6</cvss3_base_score>',
  '</ReportItem>',
  '<HostProperties><tag name="host-ip">192.0.2.1</tag><tag name="host-fqdn">test-1.test.example</tag>',
  '<tag name="operating-system">Linux Kernel 5\r\n  Linux Kernel 6</tag>',
  '<tag name="hostname">test-1</tag><tag name="cpe">cpe:/a:test</tag><tag>unnamed</tag>',
  '<tag name="Credentialed_Scan">true</tag>',
  '<tag name="HOST_END_TIMESTAMP">1656993600</tag><tag name="HOST_END">Mon Jul  4 20:00:00 2022</tag>',
  '<tag name="HOST_START_TIMESTAMP">1656990000</tag></HostProperties>',
  '<ReportItem port="0" protocol="tcp" severity="0" pluginID="0" pluginFamily="" pluginName=""/>',
  '</ReportHost>',
  '<ReportHost name="test-2">',
  '<HostProperties><tag name="HOST_START">Tue Jul  5 00:30:00 2022</tag></HostProperties>',
  '<ReportItem port="22" svc_name="ssh" protocol="tcp" severity="2" pluginID="33850" pluginName="Weak" pluginFamily="General"><cvss_base_score>5.0</cvss_base_score></ReportItem>',
  '</ReportHost>',
  '<ReportHost name="test-2" />',
  '</Report>',
  '<Unknown><Report><ReportHost/></Report></Unknown>',
  '<Policy><policyName>Test</policyName>',
  '<FamilySelection>',
  '<FamilyItem><FamilyName>Misc.</FamilyName><Status>enabled</Status></FamilyItem>',
  '<FamilyItem><Status> Mixed </Status><FamilyName>Web &amp; more</FamilyName></FamilyItem>',
  '<FamilyItem><FamilyName>DNS</FamilyName><Status>disabled</Status></FamilyItem></FamilySelection>',
  '</Policy></NessusClientData_v2>',
  '<!-- end -->',
].join('\r\n');

const plain = `<?xml version="1.0" ?>
<NessusClientData_v2>
  <Policy>
    <FamilySelection>
      <FamilyItem>
        <FamilyName>General</FamilyName>
        <Status>enabled</Status>
      </FamilyItem>
    </FamilySelection>
  </Policy>
  <Report name="Test">
    <ReportHost name="test-1">
      <HostProperties>
        <tag name="HOST_END">Tue Jul 5 14:57:03 2022</tag>
        <tag name="host-ip">192.0.2.1</tag>
        <tag name="Credentialed_Scan">false</tag>
        <tag name="HOST_START_TIMESTAMP">1656990000</tag>
      </HostProperties>
      <ReportItem port="22" svc_name="ssh" protocol="tcp" severity="4" pluginID="33850" pluginName="Unsupported" pluginFamily="General">
        <cve>CVE-2021-1000</cve>
        <cvss3_base_score>9.8</cvss3_base_score>
      </ReportItem>
    </ReportHost>
  </Report>
</NessusClientData_v2>
`;

export const sample: XmlSample = {
  kind: 'xml',
  context: { observedOn: day('2022-07-05'), timeZone: 'America/New_York' },
  file,
  plain,
  check: (observation) => void nessusObservation.parse(observation),
  otherRoot: 'NessusClientData',
  wrongTexts: [
    { text: 'General', instead: '', refused: /^line 6, FamilyName: is empty$/ },
    { text: 'General', instead: 'a\u200Bb', refused: /^line 6, FamilyName: .*invisible/ },
    { text: 'General', instead: 'x'.repeat(201), refused: /^line 6, FamilyName: .*longer than 200/ },
    {
      text: 'enabled',
      instead: 'partly',
      refused: /^line 7, Status: `partly` is not known here: there are enabled, disabled, mixed$/,
    },
    { text: 'enabled', instead: '000-00-0000', refused: /^line 7, Status: the text is not known/ },
    { text: '<Status>enabled</Status>', instead: '', refused: /^line 5, FamilyItem: has no Status$/ },
    {
      text: '</FamilyItem>',
      instead:
        '</FamilyItem><FamilyItem><FamilyName>General</FamilyName><Status>disabled</Status></FamilyItem>',
      refused: /^line 8, FamilyItem: says that the family is disabled, and line 5 that it is enabled$/,
    },
    { text: ' name="test-1"', instead: '', refused: /^line 12, ReportHost@name: is missing$/ },
    { text: 'test-1', instead: 'a&#10;b', refused: /^line 12, ReportHost@name: holds a line break/ },
    {
      text: 'Tue Jul 5 14:57:03 2022',
      instead: '7/5/2022',
      refused: /^line 14, tag HOST_END: is no time from 1900 to 2199 such as/,
    },
    { text: 'Jul 5 14:57:03 2022', instead: 'Jul 32 14:57:03 2022', refused: /^line 14, tag HOST_END/ },
    { text: 'Jul 5 14:57:03 2022', instead: 'Jul 5 14:57:03 2200', refused: /^line 14, tag HOST_END/ },
    { text: '192.0.2.1', instead: '192.0.2.256', refused: /^line 15, tag host-ip: is not one IPv4/ },
    { text: '>false', instead: '>perhaps', refused: /^line 16, tag Credentialed_Scan: is neither/ },
    { text: '1656990000', instead: '7258136400', refused: /^line 17, tag HOST_START_TIMESTAMP: is no time/ },
    { text: '1656990000', instead: '-5', refused: /^line 17, tag HOST_START_TIMESTAMP: is no time/ },
    {
      text: '</HostProperties>',
      instead: '<tag name="host-ip">192.0.2.2</tag></HostProperties>',
      refused: /^line 18, tag host-ip: is there twice, and says something else than on line 15$/,
    },
    {
      text: 'severity="4"',
      instead: 'severity="5"',
      refused: /^line 19, ReportItem@severity: is out of range.* 0 to 4/,
    },
    {
      text: 'severity="4"',
      instead: 'severity="-1"',
      refused: /^line 19, ReportItem@severity: is out of range/,
    },
    {
      text: 'severity="4"',
      instead: 'severity="High"',
      refused: /^line 19, ReportItem@severity: is out of range/,
    },
    { text: 'severity="4"', instead: '', refused: /^line 19, ReportItem@severity: is missing/ },
    {
      text: 'port="22"',
      instead: 'port="65536"',
      refused: /^line 19, ReportItem@port: is out of range.* 65535/,
    },
    { text: 'port="22"', instead: '', refused: /^line 19, ReportItem@port: is missing/ },
    { text: '"33850"', instead: '"2147483648"', refused: /^line 19, ReportItem@pluginID: is out of range/ },
    { text: '"33850"', instead: '"1.5"', refused: /^line 19, ReportItem@pluginID: is out of range/ },
    { text: 'pluginID=', instead: 'plugin=', refused: /^line 19, ReportItem@pluginID: is missing/ },
    { text: 'protocol="tcp"', instead: '', refused: /^line 19, ReportItem@protocol: is missing/ },
    { text: '"tcp"', instead: '""', refused: /^line 19, ReportItem@protocol: is empty/ },
    { text: 'CVE-2021-1000', instead: '1000', refused: /^line 20, cve: is not the number of a CVE/ },
    { text: '9.8', instead: '10.1', refused: /^line 21, cvss3_base_score: is not a score/ },
    {
      text: '</ReportItem>',
      instead: '<cvss3_base_score>1.0</cvss3_base_score></ReportItem>',
      refused: /^line 22, cvss3_base_score: is there twice/,
    },
    { text: '<Report ', instead: '<Reports ', refused: /^line 24: closes an element that is not the one/ },
  ],
};
