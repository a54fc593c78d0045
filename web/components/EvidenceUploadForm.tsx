import { Button } from '@trussworks/react-uswds';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type SyntheticEvent, useId, useRef, useState } from 'react';
import { systemsQuery } from '../api.ts';
import type { DeclaredReader, UploadField } from '../declared.ts';
import { standingOf, wordReader } from '../readers.ts';
import { uploadEvidence } from '../upload.ts';
import { Failure } from './Failure.tsx';
import { Field } from './Field.tsx';
import { ImportOutcomeView } from './ImportOutcomeView.tsx';
import { useDeclared, useServer } from './ServerContext.tsx';

/** A file's way in: choose, see what it would change, then import it. */
export function EvidenceUploadForm({ agency }: { readonly agency: string }) {
  const form = useRef<HTMLFormElement>(null);
  const upload = useUpload(agency);
  const previewed = upload.outcome !== undefined && upload.dryRun;
  function submit(event: SyntheticEvent<HTMLFormElement, SubmitEvent>) {
    event.preventDefault();
    const submitter = event.nativeEvent.submitter;
    const dryRun = submitter?.getAttribute('value') !== 'import';
    if (!upload.pending && (dryRun || previewed)) upload.send(new FormData(event.currentTarget), dryRun);
  }
  return (
    <section aria-labelledby="bring-in">
      <h2 id="bring-in">Bring in evidence</h2>
      <form
        ref={form}
        className="usa-form mu-upload"
        onSubmit={submit}
        onChange={upload.forget}
        aria-labelledby="bring-in"
      >
        <UploadFields agency={agency} />
        <div className="mu-buttons">
          <Button type="submit" value="preview" outline aria-disabled={upload.pending}>
            Preview
          </Button>
          <Button
            type="submit"
            value="import"
            aria-disabled={upload.pending || !previewed}
            aria-describedby="import-when"
          >
            Import
          </Button>
          <span id="import-when" className="mu-small">
            {previewed ? 'Import does what the preview shows.' : 'Import opens after a preview.'}
          </span>
        </div>
      </form>
      {upload.pending && <Progress share={upload.share} dryRun={upload.dryRun} onCancel={upload.cancel} />}
      <div aria-live="polite">
        {upload.outcome && <ImportOutcomeView outcome={upload.outcome} dryRun={upload.dryRun} />}
      </div>
      {upload.error !== null && <Failure error={upload.error} />}
    </section>
  );
}

function useUpload(agency: string) {
  const client = useQueryClient();
  const [share, setShare] = useState(0);
  const stopper = useRef<AbortController>(undefined);
  const sending = useMutation({
    mutationFn: ({ form, dryRun }: { readonly form: FormData; readonly dryRun: boolean }) => {
      stopper.current = new AbortController();
      setShare(0);
      const { file, fields } = splitForm(form);
      return uploadEvidence({
        agency,
        file,
        fields,
        dryRun,
        onProgress: setShare,
        signal: stopper.current.signal,
      });
    },
    onSettled: (_outcome, _error, { dryRun }) =>
      dryRun ? undefined : client.invalidateQueries({ queryKey: ['agency', agency] }),
  });
  return {
    share,
    pending: sending.isPending,
    outcome: sending.data,
    error: sending.error,
    dryRun: sending.variables?.dryRun ?? true,
    send: (form: FormData, dryRun: boolean) => sending.mutate({ form, dryRun }),
    cancel: () => stopper.current?.abort(),
    // What was previewed is another file's or another day's once a field has changed.
    forget: () => sending.reset(),
  };
}

function splitForm(form: FormData): { file: File; fields: Record<string, string> } {
  const fields: Record<string, string> = {};
  let file = new File([], '');
  for (const [name, value] of form) {
    if (typeof value === 'string') fields[name] = value;
    else file = value;
  }
  return { file, fields };
}

function UploadFields({ agency }: { readonly agency: string }) {
  const id = useId();
  const { today, roles, systems: reached } = useServer();
  const readers = useDeclared().readers.filter(({ may }) => may.some((role) => roles.includes(role)));
  const known = useQuery(systemsQuery(agency, {})).data?.systems ?? [];
  const systems = known.filter((each) => reached === null || reached.includes(each.system));
  const [system, setSystem] = useState('');
  const [chosen, setChosen] = useState('');
  const reader = readers.find((each) => each.reader === chosen);
  const components = systems.find((each) => each.system === system)?.components ?? [];
  const of = (field: UploadField) => ({
    required: standingOf(reader, field) === 'must',
    disabled: standingOf(reader, field) === 'none',
  });
  return (
    <>
      <Field
        id={`${id}-file`}
        label="File to bring in"
        hint="As its tool wrote it. What kind of file it is, Muster sees from the file itself."
        required
      >
        <input
          className="mu-file-input"
          id={`${id}-file`}
          aria-describedby={`${id}-file-hint`}
          name="file"
          type="file"
          required
        />
      </Field>
      <div className="mu-fields">
        <Field id={`${id}-reader`} label="Kind of file" required>
          <select
            className="usa-select"
            id={`${id}-reader`}
            name="reader"
            value={chosen}
            onChange={(event) => setChosen(event.target.value)}
          >
            <option value="">As the file says</option>
            {readers.map(({ reader: name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </Field>
        <Field id={`${id}-observed`} label="Observed on" required={of('observed').required}>
          <input
            className="usa-input"
            id={`${id}-observed`}
            name="observed"
            type="date"
            max={today}
            {...of('observed')}
          />
        </Field>
        <Field id={`${id}-system`} label="System" required={of('system').required}>
          <select
            className="usa-select"
            id={`${id}-system`}
            name="system"
            value={system}
            onChange={(event) => setSystem(event.target.value)}
            {...of('system')}
          >
            <option value="">Not given</option>
            {systems.map((each) => (
              <option key={each.system}>{each.system}</option>
            ))}
          </select>
        </Field>
        <Field id={`${id}-component`} label="Component" required={of('component').required}>
          <select
            className="usa-select"
            id={`${id}-component`}
            name="component"
            key={system}
            {...of('component')}
          >
            <option value="">Not given</option>
            {components.map((each) => (
              <option key={each.component}>{each.component}</option>
            ))}
          </select>
        </Field>
      </div>
      <ReaderNeeds readers={reader ? [reader] : readers} />
    </>
  );
}

/** What must be said of a file, by its kind. */
function ReaderNeeds({ readers }: { readonly readers: readonly DeclaredReader[] }) {
  return (
    <ul className="mu-small mu-needs">
      {readers.map((reader) => (
        <li key={reader.reader}>
          <strong>{reader.title}</strong> {wordReader(reader)}.
        </li>
      ))}
    </ul>
  );
}

interface ProgressProps {
  readonly share: number;
  readonly dryRun: boolean;
  readonly onCancel: () => void;
}

function Progress({ share, dryRun, onCancel }: ProgressProps) {
  const sent = Math.floor(share * 100);
  const words = share < 1 ? `${sent} % sent` : `All sent; Muster is reading it${dryRun ? '' : ' in'} …`;
  return (
    <div className="mu-progress">
      <progress max={100} value={sent} aria-label="Upload" />
      <span>{words}</span>
      <Button type="button" outline onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}
