/** What a timer shows at a moment. Pure; `now` and all times are milliseconds of the server's clock. */

import type { ClockRow } from "../../audience.svelte";
import type { Look } from "../../types";

export interface TimerSettings extends Look {
  mode: "moment" | "product" | "show" | "up";
  moment: string;
  label: string;
  at_zero: "words" | "zero" | "hide";
  over_text: string;
  show_bar: boolean;
  show_phases: boolean;
  warn_seconds: number;
  danger_seconds: number;
  plenty: string;
  soon: string;
  now: string;
}

export interface Counting {
  text: string;
  phase: "plenty" | "soon" | "now" | "over";
  /** What is left of it, 1 to 0; undefined where it is not known when it began. */
  share?: number;
  paused: boolean;
  /** There are words to show instead of the time. */
  words: boolean;
}

const HALF_DAY = 43_200_000;

/** Undefined: nothing is counted. */
export function counting(
  settings: TimerSettings,
  row: ClockRow | null,
  now: number,
  preview = false,
): Counting | undefined {
  if (settings.mode === "moment" && !(preview && row)) {
    const until = moment(settings.moment, now);
    return until === undefined ? undefined : down(settings, { until }, now);
  }
  if (!row) return undefined;
  const at = row.paused_at ? Date.parse(row.paused_at) : now;
  if (settings.mode === "up" || !row.until) {
    const passed = Math.max(0, Math.floor((at - Date.parse(row.since ?? "")) / 1000));
    if (Number.isNaN(passed)) return undefined;
    return { text: clockText(passed), phase: "plenty", paused: row.paused_at !== null, words: false };
  }
  const since = row.since ? Date.parse(row.since) : undefined;
  const shown = down(
    {
      ...settings,
      warn_seconds: row.warn_seconds ?? settings.warn_seconds,
      danger_seconds: row.danger_seconds ?? settings.danger_seconds,
    },
    { until: Date.parse(row.until), since },
    at,
  );
  return shown && { ...shown, paused: row.paused_at !== null };
}

function down(
  settings: TimerSettings,
  { until, since }: { until: number; since?: number | undefined },
  now: number,
): Counting | undefined {
  const left = Math.max(0, Math.ceil((until - now) / 1000));
  if (left === 0 && settings.at_zero === "hide") return undefined;
  const length = since === undefined ? 0 : until - since;
  const phase =
    left === 0
      ? "over"
      : left <= settings.danger_seconds
        ? "now"
        : left <= settings.warn_seconds
          ? "soon"
          : "plenty";
  const share = length > 0 ? { share: Math.min(1, Math.max(0, (until - now) / length)) } : {};
  return {
    text: clockText(left),
    phase,
    ...share,
    paused: false,
    words: left === 0 && settings.at_zero === "words",
  };
}

/**
 * `2026-11-22 18:00` or, for every day, `18:00`, by this computer's clock. Of an hour the one that is nearest: what is
 * over is over for half a day. Undefined for nothing.
 */
export function moment(text: string, now: number): number | undefined {
  const [, day, hour, minute] = /^(?:(\d{4}-\d\d-\d\d) )?(\d\d):(\d\d)$/.exec(text) ?? [];
  if (hour === undefined || minute === undefined) return undefined;
  if (day) {
    const at = Date.parse(`${day}T${hour}:${minute}:00`);
    return Number.isNaN(at) ? undefined : at;
  }
  const today = new Date(now);
  const on = (days: number) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + days, +hour, +minute).getTime();
  return [-1, 0, 1].map(on).find((at) => at - now > -HALF_DAY);
}

/** 272 → `4:32`, 3725 → `1:02:05`; of more than two days `3 d 04:02`. */
export function clockText(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${two(hours % 24)}:${two(minutes)}`;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
