import { agencyPath, ApiError, errorFrom, noAnswer, noteAnswer } from './api.ts';
import type { ImportOutcome } from './contract.ts';
import { stringifySearch } from './url-state.ts';

export interface EvidenceUpload {
  readonly agency: string;
  readonly file: File;
  /** Further fields by name (`reader`, `system`, `component`, `observed`); empty ones are left out. */
  readonly fields: Readonly<Record<string, string>>;
  /** Nothing is kept: the answer says what would change. */
  readonly dryRun: boolean;
  /** Called with the share of the file that was sent, 0 to 1. */
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

/** Sends a file; by XMLHttpRequest, as fetch cannot say how much was sent. */
export function uploadEvidence(upload: EvidenceUpload): Promise<ImportOutcome> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const path = agencyPath(upload.agency, 'evidence');
    request.open('POST', path + stringifySearch({ dryRun: String(upload.dryRun) }));
    request.responseType = 'json';
    request.setRequestHeader('accept', 'application/json');
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      if (total > 0) upload.onProgress(loaded / total);
    });
    request.addEventListener('load', () => {
      noteAnswer(path, request.status);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as in api.ts: contract.ts says what comes
      if (request.status >= 200 && request.status < 300) resolve(request.response as ImportOutcome);
      else reject(errorFrom(request.status, request.response));
    });
    request.addEventListener('error', () => reject(noAnswer()));
    request.addEventListener('abort', () => reject(cancelled()));
    upload.signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(formOf(upload));
  });
}

// INVARIANT: the fields stand before the file, as the server reads the file while it arrives.
function formOf({ fields, file }: EvidenceUpload): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value !== '') form.append(name, value);
  form.append('file', file, file.name);
  return form;
}

function cancelled(): ApiError {
  return new ApiError(0, {
    code: 'CANCELLED',
    message: 'the upload was cancelled',
    remedy: 'if all of an import had been sent already, the list of evidence says whether it was taken',
    refused: [],
  });
}
