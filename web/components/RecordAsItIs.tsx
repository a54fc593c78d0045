import { Alert } from '@trussworks/react-uswds';
import { useTimes } from './AsOf.tsx';

/** Where another day or an earlier knowledge is being looked at: that the record is not shown so. */
export function RecordAsItIs() {
  const { asOf, knownAt } = useTimes();
  if (asOf === undefined && knownAt === undefined) return null;
  return (
    <Alert type="info" slim headingLevel="h2" className="mu-notice">
      The record is shown as it stands now, whatever day and knowledge you look at on other pages.
    </Alert>
  );
}
