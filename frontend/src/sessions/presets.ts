/** Messages kept ready: lists in, lists out. The server keeps them, for all consoles of the session. */

import type { Color, Preset } from "./types";

/** As on the server. */
export const MOST_PRESETS = 12;

/** With one more at the end; the same list when that very message is there already. */
export function withPreset(presets: readonly Preset[], text: string, color: Color): readonly Preset[] {
  const kept = text.trim();
  return presets.some((one) => one.text === kept && one.color === color)
    ? presets
    : [...presets, { text: kept, color }];
}

export function changed(
  presets: readonly Preset[],
  index: number,
  change: Partial<Preset>,
): readonly Preset[] {
  return presets.map((one, at) => (at === index ? { ...one, ...change } : one));
}

export function without(presets: readonly Preset[], index: number): readonly Preset[] {
  return presets.filter((_, at) => at !== index);
}

/** One place up (-1) or down (1); at the ends it stays. */
export function moved(presets: readonly Preset[], index: number, by: -1 | 1): readonly Preset[] {
  const to = index + by;
  if (!presets[index] || to < 0 || to >= presets.length) return presets;
  const rest = without(presets, index);
  return [...rest.slice(0, to), presets[index], ...rest.slice(to)];
}

/** The next of so many, round and round; from nowhere down to the first, up to the last. */
export function walked(from: number | null, by: -1 | 1, count: number): number | null {
  if (count === 0) return null;
  if (from === null) return by === 1 ? 0 : count - 1;
  return (from + by + count) % count;
}
