import type { DeclaredReader, UploadField } from './declared.ts';

const fieldWords: Readonly<Record<UploadField, string>> = {
  observed: 'the day it was observed',
  system: 'its system',
  component: 'the component',
};

/** Whether a file of this reader must have a field, may have it, or has no use for it; unknown readers may. */
export function standingOf(reader: DeclaredReader | undefined, field: UploadField): 'must' | 'may' | 'none' {
  if (!reader) return 'may';
  if (reader.needs.includes(field)) return 'must';
  return reader.takes.includes(field) ? 'may' : 'none';
}

/** What must and may be said of a reader's files: `needs the day it was observed and its system; …`. */
export function wordReader({ takes, needs }: DeclaredReader): string {
  const order: readonly UploadField[] = ['observed', 'system', 'component'];
  const must = order.filter((field) => needs.includes(field));
  const may = order.filter((field) => takes.includes(field) && !needs.includes(field));
  const parts = [
    must.length > 0 ? `needs ${listed(must)}` : 'needs nothing else said',
    ...(may.length > 0 ? [`takes ${listed(may)} where it is said`] : []),
  ];
  return parts.join('; ');
}

function listed(fields: readonly UploadField[]): string {
  return fields.map((field) => fieldWords[field]).join(' and ');
}
