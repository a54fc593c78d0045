import type { Program } from '../../acts/index.ts';
import { acceptRisk, readAcceptances, riskAccepted } from './acceptance.ts';

/** Authorization: what an official answers for. So far, the acceptance of a risk. */
export const authorization: Program = {
  program: 'authorization',
  entryKinds: [riskAccepted],
  acts: [acceptRisk],
  acceptances: readAcceptances,
  tables: { acceptance: ['known_from'] },
};
