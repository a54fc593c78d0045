import type { AnsweredTimes, View } from '../../acts/index.ts';
import { readView } from '../on-behalf.ts';
import { patiently } from './progress.ts';
import { inAgency, print, printJson, unlessStopped, type Common } from './session.ts';

/** Asks a view what was said on the command line, and prints the answer. */
export async function ask(
  view: View,
  options: Common,
  said: Readonly<Record<string, unknown>>,
  render: (answer: object) => string,
): Promise<void> {
  const answer = await inAgency(options, (house, agency, stop) =>
    patiently(`${view.title}, seconds`, () =>
      unlessStopped(stop, readView(house, house.operator, agency, view, said)),
    ),
  );
  if (options.json) {
    printJson(answer);
    return;
  }
  print(render(answer));
  if (said['knownAt'] !== undefined) print(`\n${knowledgeOf(answer as AnsweredTimes)}`);
}

/** Which entry an earlier knowledge ends with. */
function knowledgeOf({ knownAt, recorded }: AnsweredTimes): string {
  if (recorded === null) return 'As known before the first entry.';
  return `As known at entry ${knownAt}, recorded ${recorded}.`;
}
