import { useState } from 'react';

/** Copies a text; `said` is what came of it, and `otherwise` what to do where the browser does not let it. */
export function useCopy(text: string, otherwise: string) {
  const [said, setSaid] = useState('');
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => setSaid('Copied.'),
      () => setSaid(`The browser does not let it be copied: ${otherwise}`),
    );
  return { said, copy };
}
