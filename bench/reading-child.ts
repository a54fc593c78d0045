import { createReadStream } from 'node:fs';
import { SaxesParser } from 'saxes';
import { readerNamed } from '../src/readers/index.ts';

/*
 * Reads one Nessus file in a process of its own, so that its memory can be told: with the bare
 * parser, or with the reader. Prints milliseconds, items and the most memory held, in megabytes.
 */

const [how = '', file = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const source = createReadStream(file, { highWaterMark: 1 << 18 });
  const started = performance.now();
  const items = how === 'bare' ? await parseBare(source) : await read(source);
  const ms = performance.now() - started;
  const mb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ ms, items, mb }));
}

async function parseBare(source: AsyncIterable<Uint8Array>): Promise<number> {
  const parser = new SaxesParser();
  const decoder = new TextDecoder();
  for await (const chunk of source) parser.write(decoder.decode(chunk, { stream: true }));
  parser.close();
  return 0;
}

async function read(source: AsyncIterable<Uint8Array>): Promise<number> {
  const reading = readerNamed('nessus').read(source, { timeZone: 'America/New_York' });
  let next = await reading.next();
  while (!next.done) next = await reading.next();
  if (next.value.refused.length > 0) throw new Error(JSON.stringify(next.value.refused[0]));
  return next.value.rows;
}

await main();
