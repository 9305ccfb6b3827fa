/** Finds lines of a lineup by number, name, short name, SKU or PID. */

import type { Item } from "./types";

export interface Found {
  /** Ids of the lines that match. */
  ids: ReadonlySet<number>;
  /** Where Enter goes. */
  first: Item | undefined;
}

/** Undefined for an empty query: everything is shown. Every word must be in the line; a number may be just begun. */
export function search(items: readonly Item[], query: string): Found | undefined {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  const matching = items.filter((item) => words.every((word) => holds(item, word)));
  // Whoever types 23 means number 23, whatever else has a 23 in it.
  const named = matching.find(({ position }) => words.length === 1 && String(position) === words[0]);
  return { ids: new Set(matching.map(({ id }) => id)), first: named ?? matching[0] };
}

function holds(item: Item, word: string): boolean {
  return (/^\d+$/.test(word) && String(item.position).startsWith(word)) || textOf(item).includes(word);
}

/** Folded once for each line: two thousand of them are searched with every key. */
const texts = new WeakMap<Item, string>();

function textOf(item: Item): string {
  let text = texts.get(item);
  if (text === undefined) {
    text = folded([item.name, item.short_name, item.sku, item.pid ?? ""].join("\n"));
    texts.set(item, text);
  }
  return text;
}

/** Without case and accents. */
function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
