export { canonicalText, type Json } from './canonical.ts';
export { keyBase, keyText, parseKey, type Entry, type NewEntry } from './entry.ts';
