import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface Page {
  /** Below the repository: `docs/cli.md`. */
  readonly path: string;
  readonly text: string;
}

/** README, change log and everything below docs/. */
export function pages(): Page[] {
  const below = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name));
  return ['README.md', 'CHANGELOG.md', ...below.sort()].map(page);
}

export function page(path: string): Page {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

/** The fenced blocks of a language. */
export function blocks({ text }: Page, language: string): string[] {
  return [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm)]
    .filter(([, , written]) => written === language)
    .map(([, , , body]) => body ?? '');
}

/** The text without its fenced blocks. */
export function prose({ text }: Page): string {
  return text.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '');
}

export interface Link {
  readonly target: string;
  readonly anchor: string | undefined;
}

/** The links and pictures that lead to files, their targets below the repository. */
export function links(from: Page): Link[] {
  return [...prose(from).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? join(root, from.path) : join(root, dirname(from.path), path);
      return { target: relative(root, file), anchor };
    });
}

/** The anchors of the headings, as forges make them. */
export function anchors(of: Page): Set<string> {
  const headings = [...prose(of).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
