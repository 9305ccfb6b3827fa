/** How many watched, as a chart takes it and as a sentence says it. Pure. */

import { count, hour } from "./amounts";
import { lookOf } from "./platforms";
import type { StreamEvent, ViewersRow } from "./types";

/** Two hours, in milliseconds: what the server remembers. */
export const SPAN_MS = 7_200_000;
/** Longer apart, nobody knows what was between: the line breaks. */
const GAP_MS = 180_000;

/** With the newest at its place, and without what is over. */
export function withViewers(rows: readonly ViewersRow[], row: ViewersRow): readonly ViewersRow[] {
  const at = Date.parse(row.at);
  const first = rows[0] && Date.parse(rows[0].at) < at - SPAN_MS;
  const kept = first ? rows.filter((one) => Date.parse(one.at) >= at - SPAN_MS) : rows;
  const last = kept.at(-1);
  if (!last || Date.parse(last.at) < at) return [...kept, row];
  return [...kept.filter((one) => one.at !== row.at), row].sort(
    (one, other) => Date.parse(one.at) - Date.parse(other.at),
  );
}

export interface Lines {
  platforms: string[];
  /** Seconds; the total; each platform. Null: not known. */
  data: [number[], ...(number | null)[][]];
}

export function lines(rows: readonly ViewersRow[]): Lines {
  const platforms = [...new Set(rows.flatMap(({ by }) => Object.keys(by)))].sort();
  const data: Lines["data"] = [[], [], ...platforms.map(() => [])];
  let before: number | undefined;
  const put = (at: number, values: (number | null)[]) => {
    data[0].push(at / 1000);
    values.forEach((value, index) => (data[index + 1] as (number | null)[]).push(value));
  };
  for (const { at: time, total, by } of rows) {
    const at = Date.parse(time);
    if (before !== undefined && at - before > GAP_MS)
      put(
        before + 1,
        [null, ...platforms].map(() => null),
      );
    put(at, [total, ...platforms.map((platform) => by[platform] ?? null)]);
    before = at;
  }
  return { platforms, data };
}

export interface Mark {
  /** Seconds. */
  at: number;
  kind: "raid" | "follow";
  /** Viewers who came along; people who follow now. */
  many: number;
  says: string;
}

/** What may have changed the number: every raid, and the minutes in which people followed. */
export function marks(activity: readonly StreamEvent[]): Mark[] {
  const follows = new Map<number, number>();
  const raids: Mark[] = [];
  for (const { kind, at, user, count: many = 0 } of activity) {
    const seconds = Date.parse(at) / 1000;
    if (kind === "raid")
      raids.push({
        at: seconds,
        kind,
        many,
        says: `Raid by ${user?.name ?? "somebody"}, ${count(many)} viewers`,
      });
    else if (kind === "follow") {
      const minute = Math.floor(seconds / 60) * 60;
      follows.set(minute, (follows.get(minute) ?? 0) + 1);
    }
  }
  const followed = [...follows].map(([at, many]): Mark => ({
    at,
    kind: "follow",
    many,
    says: many === 1 ? "1 follow" : `${many} follows`,
  }));
  return [...raids, ...followed].sort((one, other) => one.at - other.at);
}

/** What the chart shows, for who cannot see it. */
export function inWords(rows: readonly ViewersRow[], activity: readonly StreamEvent[] = []): string {
  const last = rows.at(-1);
  if (!last) return "No viewers have been counted yet.";
  const most = rows.reduce((best, row) => (row.total > best.total ? row : best));
  const least = rows.reduce((best, row) => (row.total < best.total ? row : best));
  const by = Object.entries(last.by)
    .map(([platform, viewers]) => `${count(viewers)} on ${lookOf(platform).name}`)
    .join(", ");
  const raids = marks(activity).filter(
    ({ kind, at }) => kind === "raid" && at * 1000 >= Date.parse(rows[0]!.at),
  );
  return [
    `${count(last.total)} viewers now${by ? `: ${by}` : ""}.`,
    `Since ${hour(rows[0]!.at)} at most ${count(most.total)}, at ${hour(most.at)}; at least ${count(least.total)}, at ${hour(least.at)}.`,
    ...raids.map(({ at, says }) => `${says}, at ${hour(at * 1000)}.`),
  ].join(" ");
}
