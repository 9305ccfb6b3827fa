/** Which numbers a count shows, and in which words. Pure. */

import { lookOf } from "../../streams/platforms";
import type { CountRow } from "../audience.svelte";
import { figure } from "../figures";
import type { Look } from "../types";
import { filled } from "../words";

export interface CountSettings extends Look {
  platforms: "total" | "each" | "both";
  only: string;
  label: string;
  label_of_one: string;
  show_icon: boolean;
  short_numbers: boolean;
  hide_at_zero: boolean;
}

export interface Counted {
  /** `platform` where it is of one alone. */
  main: { figure: string; words: string; platform: string } | null;
  each: { platform: string; name: string; figure: string }[];
}

/** Undefined: there is nothing to show. */
export function counted(row: CountRow | null, settings: CountSettings): Counted | undefined {
  const only = settings.only.trim().toLowerCase();
  const total = only ? (row?.by[only] ?? 0) : (row?.total ?? 0);
  if (total === 0 && settings.hide_at_zero) return undefined;
  const number = (value: number) => figure(value, settings.short_numbers);
  const label = total === 1 ? settings.label_of_one : settings.label;
  const main = { figure: number(total), words: filled(label, { count: number(total) }), platform: only };
  const by = Object.entries(row?.by ?? {}).filter(([platform]) => !only || platform === only);
  const each = by
    .sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1))
    .map(([platform, value]) => ({ platform, name: lookOf(platform).name, figure: number(value) }));
  const hasEach = settings.platforms !== "total" && !only;
  return { main: hasEach && settings.platforms === "each" ? null : main, each: hasEach ? each : [] };
}
