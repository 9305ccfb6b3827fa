/** Stepping on one screen alone, by the rules of the show (`cuelight/sessions/state.py`). Pure: nothing is sent. */

import { neighbour, onlyPassed, type Lineup } from "../sessions/passing";
import type { Place } from "../sessions/place";
import type { Item } from "../sessions/types";

export type Step = "next" | "previous" | "next_image" | "previous_image";

/** Where a step leads, or the sentence that says why it leads nowhere. */
export type Stepped = Place | string;

export function step(lineup: Lineup, from: Place | null, how: Step): Stepped {
  const { items } = lineup;
  if (items.length === 0) return "This session has no products yet";
  const at = items.findIndex((item) => item.id === from?.itemId);
  if (how === "next_image" || how === "previous_image")
    return picture(items[at], from?.imageIndex ?? 0, how === "next_image" ? 1 : -1);
  const by = how === "next" ? 1 : -1;
  const item = neighbour(lineup, at, by);
  if (item) return first(item);
  if (onlyPassed(lineup, at, by))
    return lineup.wrap
      ? "All other products are skipped or sold out"
      : `All products ${how === "next" ? "after" : "before"} this are skipped or sold out`;
  return how === "next" ? "This is the last product" : "This is the first product";
}

/** By the printed number: there may be gaps. */
export function jump({ items }: Lineup, number: number): Stepped {
  const item = items.find(({ position }) => position === number);
  return item ? first(item) : "There is no product with this number";
}

function picture(item: Item | undefined, index: number, by: 1 | -1): Stepped {
  const count = item?.images.length ?? 0;
  if (!item || count === 0) return "This product has no pictures";
  return { itemId: item.id, imageIndex: (Math.min(index, count - 1) + by + count) % count };
}

const first = (item: Item): Place => ({ itemId: item.id, imageIndex: 0 });
