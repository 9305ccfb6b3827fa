/**
 * What next and previous pass over: lines that are skipped, and where the session says so what is sold out. The server
 * has the same rules (`cuelight/sessions/passing.py`); `contracts/stepping` holds both to them. Pure.
 */

import type { Item, SessionFacts } from "./types";

export type Passing = Pick<Item, "skipped" | "stock">;

export interface Lineup<Line extends Passing = Item> {
  items: readonly Line[];
  wrap: boolean;
  /** As the session has it. */
  skipSoldOut: boolean;
}

export const lineupOf = (items: readonly Item[], session: SessionFacts | undefined): Lineup => ({
  items,
  wrap: session?.wrap ?? false,
  skipSoldOut: session?.skip_sold_out ?? false,
});

/** An unknown stock is not sold out. */
export const isSoldOut = ({ stock }: Pick<Item, "stock">): boolean => stock === 0;

/** Whether next and previous go over it; its number still shows it. */
export const isPassed = (item: Passing, skipSoldOut: boolean): boolean =>
  item.skipped || (skipSoldOut && isSoldOut(item));

/** All lines that a step can reach from a place, the nearest first, those that are passed over among them. */
function reached<Line extends Passing>({ items, wrap }: Lineup<Line>, at: number, by: 1 | -1): Line[] {
  const after = items.slice(at + 1);
  const before = items.slice(0, at);
  if (by > 0) return wrap ? [...after, ...before] : after;
  return wrap ? [...before.reverse(), ...after.reverse()] : before.reverse();
}

/** The nearest lines that a step on leads to, one after the other. */
export function ahead<Line extends Passing>(lineup: Lineup<Line>, at: number, most: number): Line[] {
  if (at < 0) return [];
  const found: Line[] = [];
  // Not all of two thousand are looked at for each key press.
  for (const item of reached(lineup, at, 1)) {
    if (found.length === most) break;
    if (!isPassed(item, lineup.skipSoldOut)) found.push(item);
  }
  return found;
}

/** The line one further or one back that is not passed over; past the ends only where the session goes round. */
export function neighbour<Line extends Passing>(
  lineup: Lineup<Line>,
  at: number,
  by: 1 | -1,
): Line | undefined {
  if (at < 0) return edge(lineup, 1);
  const found = reached(lineup, at, by).find((item) => !isPassed(item, lineup.skipSoldOut));
  return found ?? (lineup.wrap && lineup.items.length === 1 ? lineup.items[0] : undefined);
}

/** Why there is no neighbour: there are lines, and all are passed over. */
export const onlyPassed = (lineup: Lineup<Passing>, at: number, by: 1 | -1): boolean =>
  reached(lineup, at, by).length > 0;

/** The first or last that is not passed over; where all are, the very first or last. */
export function edge<Line extends Passing>(
  { items, skipSoldOut }: Lineup<Line>,
  by: 1 | -1,
): Line | undefined {
  const shown = (item: Line) => !isPassed(item, skipSoldOut);
  return by > 0 ? (items.find(shown) ?? items[0]) : (items.findLast(shown) ?? items.at(-1));
}
