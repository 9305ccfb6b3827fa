/** Places of supporters. Pure. */

import type { SupporterRow } from "../../audience.svelte";
import { amountFigure } from "../../figures";

export interface Placed {
  /** One person's, however they move: two of the same name on one platform are two. */
  key: string;
  place: number;
  name: string;
  platform: string;
  given: string;
}

export function ranking(rows: readonly SupporterRow[], most: number): Placed[] {
  const named = new Map<string, number>();
  return rows.slice(0, most).map(({ name, platform, value, currency }, place) => {
    const same = `${platform} ${name}`;
    const nth = (named.get(same) ?? 0) + 1;
    named.set(same, nth);
    return { key: `${same} ${nth}`, place: place + 1, name, platform, given: amountFigure(value, currency) };
  });
}

/** The first three as they stand on a podium: second, first, third. */
export const podium = (placed: readonly Placed[]): Placed[] =>
  [placed[1], placed[0], placed[2]].filter((one) => one !== undefined);
