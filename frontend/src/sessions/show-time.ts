/** The show clock: how long the product on air has left, and when the show will end. Pure; times are milliseconds, spans seconds. */

import { isPassed } from "./passing";
import type { Item, LiveState, SessionFacts } from "./types";

export type Phase = "plenty" | "soon" | "now" | "over";

export interface ShowTime {
  /** Of the product on air. */
  elapsed: number;
  planned: number;
  /** Negative once its time is over; never where the session freezes at zero. */
  left: number;
  phase: Phase;
  paused: boolean;
  /** Against the plan of the whole show: positive is behind. */
  offset: number;
  expectedEnd: number;
  plannedEnd: number;
  /** Numbers of products without which the show ends in time; empty when it does, or when nothing helps. */
  drop: number[];
}

/** A line that the plan leaves nothing for still gets this. */
const LEAST_SHARE = 60;
/** Within this many seconds a show is in time. */
const IN_TIME = 5;
/** Less than this much behind, nothing need be dropped. */
const WORTH_DROPPING = 30;
/** A show that begins earlier than this before its schedule is another show. */
const EARLY_MS = 3 * 3_600_000;

/**
 * Seconds for each item: its own, or an even share of what the own ones leave of the show. What the show passes over
 * takes nothing from the others; should it be shown all the same, it has what they have.
 */
export function plan(
  items: readonly Item[],
  durationMinutes: number,
  skipSoldOut = false,
): Map<number, number> {
  const counted = items.filter((item) => !isPassed(item, skipSoldOut));
  const own = counted.filter((item) => item.planned_seconds !== null);
  const spoken = own.reduce((sum, item) => sum + item.planned_seconds!, 0);
  const others = counted.length - own.length || 1;
  const share = Math.max(LEAST_SHARE, Math.round((durationMinutes * 60 - spoken) / others));
  return new Map(items.map((item) => [item.id, item.planned_seconds ?? share]));
}

/** Seconds that are planned for all that the show comes to. */
export function planned(items: readonly Item[], durationMinutes: number, skipSoldOut = false): number {
  const seconds = plan(items, durationMinutes, skipSoldOut);
  const counted = items.filter((item) => !isPassed(item, skipSoldOut));
  return counted.reduce((sum, item) => sum + seconds.get(item.id)!, 0);
}

/** How the show stands; undefined while no clock runs. */
export function showTime(
  live: LiveState,
  items: readonly Item[],
  session: SessionFacts,
  now: number,
): ShowTime | undefined {
  const place = items.findIndex((item) => item.id === live.item_id);
  if (place < 0 || !live.clock.since || !live.started_at) return undefined;
  const item = items[place]!;
  const seconds = plan(items, session.duration_minutes, session.skip_sold_out);
  const until = live.clock.paused_at ? Date.parse(live.clock.paused_at) : now;
  const elapsed = Math.max(0, (until - Date.parse(live.clock.since)) / 1000);
  const itsTime = Math.max(0, seconds.get(item.id)! + live.clock.added_seconds);
  const left = itsTime - elapsed;
  const coming = items.slice(place + 1).filter((one) => !isPassed(one, session.skip_sold_out));
  const rest = coming.reduce((sum, one) => sum + seconds.get(one.id)!, 0);
  const expectedEnd = now + (Math.max(0, left) + rest) * 1000;
  const plannedEnd = endOf(live, session);
  const offset = (expectedEnd - plannedEnd) / 1000;
  return {
    elapsed,
    planned: itsTime,
    left: session.freeze_at_zero ? Math.max(0, left) : left,
    phase: phaseOf(
      left,
      item.warn_seconds ?? session.warn_seconds,
      item.danger_seconds ?? session.danger_seconds,
    ),
    paused: live.clock.paused_at !== null,
    offset,
    expectedEnd,
    plannedEnd,
    drop: toFinishInTime(coming, seconds, offset),
  };
}

/** As scheduled, unless the show runs at quite another time; a rehearsal is measured from its own beginning. */
function endOf(live: LiveState, session: SessionFacts): number {
  const length = session.duration_minutes * 60_000;
  const started = Date.parse(live.started_at!);
  const scheduled = session.scheduled_at ? Date.parse(session.scheduled_at) : NaN;
  const meant =
    live.status !== "rehearsal" && started >= scheduled - EARLY_MS && started < scheduled + length;
  return (meant ? scheduled : started) + length;
}

function phaseOf(left: number, warn: number, danger: number): Phase {
  if (left < 0) return "over";
  if (left <= danger) return "now";
  return left <= warn ? "soon" : "plenty";
}

/** The fewest products that save the time: the longest first, of equal ones the later. */
function toFinishInTime(coming: readonly Item[], seconds: Map<number, number>, offset: number): number[] {
  if (offset < WORTH_DROPPING) return [];
  const longest = [...coming].sort(
    (a, b) => seconds.get(b.id)! - seconds.get(a.id)! || b.position - a.position,
  );
  const dropped: number[] = [];
  let saved = 0;
  for (const item of longest) {
    if (saved >= offset) break;
    saved += seconds.get(item.id)!;
    dropped.push(item.position);
  }
  return saved >= offset ? dropped.sort((a, b) => a - b) : [];
}

/** 272 → "4:32", −72 → "−1:12", 3725 → "1:02:05". What is left is rounded so that a countdown ends at its zero. */
export function minutes(seconds: number): string {
  const whole = Math.ceil(seconds);
  const size = Math.abs(whole);
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(size / 3600);
  const text = hours
    ? `${hours}:${two(Math.floor(size / 60) % 60)}:${two(size % 60)}`
    : `${Math.floor(size / 60)}:${two(size % 60)}`;
  return whole < 0 ? `−${text}` : text;
}

/** The word beside a countdown: colour never says it alone. */
export function leftWord({ left, phase, paused }: ShowTime): string {
  if (paused) return "PAUSED";
  if (phase !== "over") return "left";
  return left < 0 ? "OVER" : "TIME UP";
}

/** "+3:20 over", "−1:05 under", "in time". */
export function offsetWords(offset: number): string {
  if (Math.abs(offset) < IN_TIME) return "in time";
  return offset > 0 ? `+${minutes(offset)} over` : `−${minutes(-offset)} under`;
}

/** "Drop 12, 31 and 38 to finish at 21:00." */
export function dropWords(drop: readonly number[], end: string): string {
  const last = drop.at(-1);
  if (last === undefined) return "";
  const before = drop.slice(0, -1).join(", ");
  return `Drop ${before ? `${before} and ` : ""}${last} to finish at ${end}`;
}
