/** The messages of a chat in their order: by id, each once. Pure. */

import type { StreamEvent } from "./types";

/** Those of `more` that are not there yet, put in their places. Gives the same list where there is nothing new. */
export function merged(talk: readonly StreamEvent[], more: readonly StreamEvent[]): readonly StreamEvent[] {
  const last = talk.at(-1)?.id ?? -1;
  const [after, within] = [[] as StreamEvent[], [] as StreamEvent[]];
  for (const event of more) (event.id > last ? after : within).push(event);
  const there = new Set(within.length || after.length > 1 ? talk.map(({ id }) => id) : []);
  const fresh = within.filter(({ id }) => !there.has(id) && there.add(id));
  const newest = after.filter(({ id }) => !there.has(id) && there.add(id));
  if (fresh.length + newest.length === 0) return talk;
  const all = [...talk, ...fresh, ...newest];
  // What comes in order, as nearly everything does, costs no sorting.
  const sorted = newest.every(({ id }, index) => index === 0 || id > newest[index - 1]!.id);
  return fresh.length === 0 && sorted ? all : all.sort((one, other) => one.id - other.id);
}

/** After a break: what the snapshot spans is as the snapshot has it; older messages stay. */
export function rejoined(
  talk: readonly StreamEvent[],
  snapshot: readonly StreamEvent[],
  lastId: number,
): readonly StreamEvent[] {
  const first = snapshot[0]?.id ?? Infinity;
  const held = new Set(snapshot.map(({ id }) => id));
  // Removed while nobody heard of it.
  const kept = talk.filter(({ id }) => id < first || id > lastId || held.has(id));
  return merged(kept, snapshot);
}

/** The newest of them. */
export const newest = (talk: readonly StreamEvent[], most: number): readonly StreamEvent[] =>
  talk.length > most ? talk.slice(-most) : talk;

/** The messages of one viewer. */
export const sameViewer = (one: StreamEvent, other: StreamEvent): boolean =>
  one.platform === other.platform && one.user?.id !== undefined && one.user.id === other.user?.id;
