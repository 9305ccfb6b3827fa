/** Finding a page by a few letters of it. Pure; Palette.island.svelte draws it. */

export interface Entry {
  title: string;
  /** What it is: "Console", "Page". */
  detail: string;
  href: string;
}

/** Letters without their marks and without case, so that "decolte" finds "Décolleté". */
const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/**
 * How well an entry answers, less is better; undefined: not at all. Each word typed must be somewhere in it; what
 * begins with the whole query comes first, then what has each word at the start of one of its own.
 */
function distance(entry: Entry, query: string): number | undefined {
  const title = plain(entry.title);
  const whole = `${title} ${plain(entry.detail)}`;
  const words = query.split(/\s+/).filter(Boolean);
  if (!words.every((word) => whole.includes(word))) return undefined;
  if (title.startsWith(query)) return 0;
  const own = whole.split(/[^\p{L}\p{N}]+/u);
  return words.every((word) => own.some((one) => one.startsWith(word))) ? 1 : 2;
}

/** The entries that answer a query, the best first; equally good ones stay in the order they came in. */
export function found(entries: readonly Entry[], typed: string, most = 50): Entry[] {
  const query = plain(typed.trim());
  return entries
    .map((entry) => ({ entry, away: distance(entry, query) }))
    .filter((one): one is { entry: Entry; away: number } => one.away !== undefined)
    .sort((a, b) => a.away - b.away)
    .slice(0, most)
    .map(({ entry }) => entry);
}

/** The place after a step through a list of `count`, around its ends; -1 in an empty one. */
export function stepped(at: number, by: number, count: number): number {
  return count ? (at + by + count) % count : -1;
}
