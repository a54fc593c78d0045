/** Larger numbers no scanner gives a plugin, and no column holds. */
const LARGEST_PLUGIN = 2 ** 31 - 1;

const PLUGINS = /^\d+(?:[\s;,]+\d+)*[\s;,]*$/;

/**
 * The plugins that a text lists, in ascending order and separated by a blank; undefined where it
 * lists none, null where a number is larger than any plugin's.
 */
export function pluginsIn(text: string): string | null | undefined {
  if (!PLUGINS.test(text)) return undefined;
  const plugins = [...new Set((text.match(/\d+/g) ?? []).map(Number))];
  if (plugins.some((plugin) => plugin > LARGEST_PLUGIN)) return null;
  return plugins.sort((one, other) => one - other).join(' ');
}
