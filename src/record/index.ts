export { canonicalText, type Json } from './canonical.ts';
export { keyBase, keyText, parseKey, ROWS_AN_ENTRY, type Entry, type NewEntry } from './entry.ts';
