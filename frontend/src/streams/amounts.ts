/** Numbers, amounts and times in the words of the dashboard. Pure. */

import { money } from "../lib/money";
import type { Amount } from "./types";

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
export const count = (value: number): string => WHOLE.format(value);

/** Platforms' own units: one, several. */
const UNITS: Readonly<Record<string, [string, string]>> = {
  BITS: ["bit", "bits"],
  KICKS: ["kick", "kicks"],
  COINS: ["coin", "coins"],
  STARS: ["star", "stars"],
  JEWELS: ["jewel", "jewels"],
};

export function amountInWords({ value, currency }: Amount): string {
  const unit = UNITS[currency];
  if (unit) return `${count(value)} ${unit[value === 1 ? 0 : 1]}`;
  // Only what can be a currency: the formatter refuses everything else.
  return /^[A-Z]{3}$/.test(currency) ? money(value, currency) : `${count(value)} ${currency.toLowerCase()}`;
}

/** `4:02:11`; under an hour `2:11`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (part: number) => String(part).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** How long ago, short: `now`, `40 s`, `12 min`, `3 h`. */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 10) return "now";
  if (seconds < 60) return `${Math.floor(seconds / 10) * 10} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}

const HOUR = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const SECOND = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
export const hour = (at: string | number): string => HOUR.format(new Date(at));
export const second = (at: string): string => SECOND.format(new Date(at));

/** `Ana`, `Ana and Ben`, `Ana, Ben and 12 others`. */
export function names(all: readonly string[], of = all.length): string {
  if (of <= 1) return all[0] ?? "Somebody";
  if (of === 2 && all.length >= 2) return `${all[0]} and ${all[1]}`;
  if (all.length < 2) return all.length ? `${all[0]} and ${count(of - 1)} others` : `${count(of)} viewers`;
  const others = of - 2;
  return `${all[0]}, ${all[1]} and ${others === 1 ? "1 other" : `${count(others)} others`}`;
}
