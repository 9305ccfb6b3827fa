/** How far a goal has come, and in which words. Pure. */

import type { GoalRow } from "../../audience.svelte";
import { amountFigure, figure, minorUnits } from "../../figures";
import type { Look } from "../../types";
import { filled } from "../../words";

export interface GoalSettings extends Look {
  title: string;
  counts: string;
  target: number;
  start: number;
  currency: string;
  since: string;
  since_at: string;
  shape: "bar" | "ring";
  title_label: string;
  value_label: string;
  reached_label: string;
  short_numbers: boolean;
  celebrate: boolean;
  track: string;
}

export interface Progress {
  title: string;
  figures: string;
  /** 0 to 1: how full the bar is. */
  share: number;
  reached: boolean;
  /** Another one is another goal: what was reached of the old one was not reached of this. */
  goal: string;
}

const MONEY = new Set(["donations", "revenue"]);

export function progress(settings: GoalSettings, row: GoalRow): Progress {
  const { value, target, currency } = row.percent === undefined ? row : pretended(settings, row.percent);
  const whole = settings.counts === "followers";
  const start = whole ? Math.min(settings.start, target - 1) : 0;
  const share = Math.min(1, Math.max(0, (value - start) / (target - start || 1)));
  const written = (amount: number) =>
    currency
      ? amountFigure(amount, currency, settings.short_numbers)
      : figure(amount, settings.short_numbers);
  const words = {
    title: settings.title,
    value: written(value),
    target: written(target),
    left: written(Math.max(0, target - value)),
    // Never 100 before it is there.
    percent: `${Math.floor(Math.min(1, value / target) * 100)}%`,
  };
  const reached = value >= target;
  return {
    title: filled(reached ? settings.reached_label : settings.title_label, words),
    figures: filled(settings.value_label, words),
    share,
    reached,
    goal: [settings.counts, target, currency, settings.since, settings.since_at].join(" "),
  };
}

/** In a preview: so many percent of whatever is set. */
function pretended(settings: GoalSettings, percent: number): Pick<GoalRow, "value" | "target" | "currency"> {
  const currency = MONEY.has(settings.counts) ? settings.currency : "";
  const target = currency ? minorUnits(settings.target, currency) : settings.target;
  return { value: Math.round((target * percent) / 100), target, currency };
}
