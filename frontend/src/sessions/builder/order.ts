/** A lineup as who builds it sees it: its sections, where lines go, when each begins. Pure; times are seconds. */

import { plan } from "../show-time";
import type { Item, SessionFacts } from "../types";

/** Lines one after another in the same section. */
export interface Run {
  /** Stays with a run while lines come and go in it. */
  key: string;
  section: string;
  items: readonly Item[];
  /** Place of its first line in the lineup. */
  at: number;
}

/** What `move_items` is told. */
export interface Move {
  item_ids: number[];
  to_index: number;
  section?: string;
}

export function runs(items: readonly Item[]): Run[] {
  const found: (Run & { items: Item[] })[] = [];
  const seen = new Map<string, number>();
  items.forEach((item, at) => {
    const last = found.at(-1);
    if (last?.section === item.section) return void last.items.push(item);
    const times = (seen.get(item.section) ?? 0) + 1;
    seen.set(item.section, times);
    found.push({ key: `${times} ${item.section}`, section: item.section, items: [item], at });
  });
  return found;
}

/** A run without a name has a heading only where it would else look like part of the section before. */
export const hasHeading = (run: Run): boolean => run.section !== "" || run.at > 0;

/**
 * The picked lines one step on. Those that are not together are gathered first; at the edge of a section a step leads
 * across its heading, and the order stays. Undefined: there is nowhere to go.
 */
export function step(items: readonly Item[], picked: ReadonlySet<number>, way: 1 | -1): Move | undefined {
  const places = items.flatMap(({ id }, place) => (picked.has(id) ? [place] : []));
  const first = places[0];
  const last = places.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const item_ids = places.map((place) => items[place]!.id);
  const here = last - places.length + 1;
  if (last - first >= places.length) return { item_ids, to_index: way < 0 ? first : here };
  const edge = items[way < 0 ? first : last]!;
  const neighbour = items[way < 0 ? first - 1 : last + 1];
  if (!neighbour) {
    // Above the first heading there is room, too.
    return way < 0 && edge.section ? { item_ids, to_index: first, section: "" } : undefined;
  }
  if (neighbour.section !== edge.section) return { item_ids, to_index: first, section: neighbour.section };
  return { item_ids, to_index: first + way };
}

/** A whole section past the one beside it. */
export function stepRun(items: readonly Item[], key: string, way: 1 | -1): Move | undefined {
  const all = runs(items);
  const place = all.findIndex((run) => run.key === key);
  const [run, beside] = [all[place], all[place + way]];
  if (!run || !beside) return undefined;
  return {
    item_ids: run.items.map(({ id }) => id),
    to_index: way < 0 ? beside.at : run.at + beside.items.length,
  };
}

/** Lines let go of before another (null: after the last), in the section whose heading or line is above that place. */
export function dropped(
  items: readonly Item[],
  picked: ReadonlySet<number>,
  before: number | null,
  section: string,
): Move | undefined {
  const moved = items.filter(({ id }) => picked.has(id));
  const place = before === null ? items.length : items.findIndex(({ id }) => id === before);
  if (moved.length === 0 || place < 0) return undefined;
  const to_index = items.slice(0, place).filter(({ id }) => !picked.has(id)).length;
  const others = items.filter(({ id }) => !picked.has(id));
  const same =
    [...others.slice(0, to_index), ...moved, ...others.slice(to_index)].every(
      ({ id }, index) => items[index]!.id === id,
    ) && moved.every((item) => item.section === section);
  return same ? undefined : { item_ids: moved.map(({ id }) => id), to_index, section };
}

/** From this line to the end of its section: what a new section takes over. */
export function restOfRun(items: readonly Item[], itemId: number): number[] {
  const run = runs(items).find((one) => one.items.some(({ id }) => id === itemId));
  const ids = run?.items.map(({ id }) => id) ?? [];
  return ids.slice(ids.indexOf(itemId));
}

export interface Times {
  /** Of each line: its own planned time, or its share; none of what is passed over. */
  seconds: ReadonlyMap<number, number>;
  /** From the start of the show, of each line. */
  starts: ReadonlyMap<number, number>;
  total: number;
  /** Of that, what lines have of their own. */
  planned: number;
  /** How many have no time of their own and share what is left. */
  sharing: number;
  /** Positive: the lineup is longer than the show. */
  over: number;
  /** Milliseconds; undefined while nothing is scheduled. */
  begins: number | undefined;
  ends: number | undefined;
}

export function times(
  items: readonly Item[],
  session: Pick<SessionFacts, "duration_minutes" | "scheduled_at">,
): Times {
  const shown = items.filter(({ skipped }) => !skipped);
  const seconds = plan(shown, session.duration_minutes);
  const starts = new Map<number, number>();
  let total = 0;
  for (const { id } of items) {
    starts.set(id, total);
    total += seconds.get(id) ?? 0;
  }
  const begins = session.scheduled_at ? Date.parse(session.scheduled_at) : undefined;
  return {
    seconds,
    starts,
    total,
    planned: shown.reduce((sum, { planned_seconds }) => sum + (planned_seconds ?? 0), 0),
    sharing: shown.filter(({ planned_seconds }) => planned_seconds === null).length,
    over: shown.length ? total - session.duration_minutes * 60 : 0,
    begins,
    ends: begins === undefined ? undefined : begins + total * 1000,
  };
}

/** 9000 → `2:30:00`, 150 → `2:30`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (part: number) => String(part).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** 1140 → `19 min`, 4200 → `1 h 10 min`: what nobody counts in seconds. */
export function roughly(seconds: number): string {
  const minutes = Math.max(1, Math.round(Math.abs(seconds) / 60));
  const hours = Math.floor(minutes / 60);
  return hours ? `${hours} h${minutes % 60 ? ` ${minutes % 60} min` : ""}` : `${minutes} min`;
}
