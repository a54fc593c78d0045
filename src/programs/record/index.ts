import { declareEntryKind, type Program } from '../../acts/index.ts';
import { ROTATION } from '../../record/index.ts';
import { entriesView, entryView, recordView } from './views.ts';

export type { EntryAnswer, RecordAnswer } from './views.ts';

/** The record itself, for those who check it: its entries, its checkpoints and its keys. */
export const record: Program = {
  program: 'record',
  entryKinds: [
    declareEntryKind<{ readonly key: string; readonly earlier: string; readonly lost?: boolean }>({
      kind: ROTATION,
      summarise: ({ key, lost }) =>
        `checkpoints are signed with ${key}${lost === true ? '; the earlier key is lost' : ''}`,
      // No table follows from it: the log keeps its keys itself.
      derive: async () => undefined,
    }),
  ],
  views: [recordView, entriesView, entryView],
};
