/** Which rows of a long list are drawn, where every row may have another height. Pure: pixels in, places out. */

/** Pixels of a row that nobody has seen yet. */
export const GUESS = 32;
/** Pixels above and below the view that are drawn, too. */
const BEYOND = 240;

/** How high the rows are that were seen. */
export class Heights {
  private readonly seen = new Map<number, number>();

  of(id: number): number {
    return this.seen.get(id) ?? GUESS;
  }

  /** Whether that is news. */
  measured(id: number, height: number): boolean {
    if (height <= 0 || Math.abs(this.of(id) - height) < 0.5) return false;
    this.seen.set(id, height);
    return true;
  }

  /** Another width: nothing holds any more. */
  forget(): void {
    this.seen.clear();
  }

  /** Keeps only what is there. */
  only(ids: readonly number[]): void {
    if (this.seen.size < ids.length * 2 + 100) return;
    const there = new Set(ids);
    for (const id of this.seen.keys()) if (!there.has(id)) this.seen.delete(id);
  }
}

/** Where every row begins; one more than there are rows, the last is how high they are together. */
export function tops(ids: readonly number[], heights: Heights): Float64Array {
  const places = new Float64Array(ids.length + 1);
  for (let index = 0; index < ids.length; index += 1)
    places[index + 1] = places[index]! + heights.of(ids[index]!);
  return places;
}

/** The row at a height: the last that begins at or above it. */
export function rowAt(places: Float64Array, y: number): number {
  let [low, high] = [0, Math.max(0, places.length - 2)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (places[middle]! <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

export interface Window {
  from: number;
  /** The first that is not drawn. */
  to: number;
}

/** The rows in a view of this height that is scrolled so far. */
export function drawn(places: Float64Array, scrolled: number, height: number): Window {
  const rows = places.length - 1;
  if (rows === 0) return { from: 0, to: 0 };
  const from = rowAt(places, scrolled - BEYOND);
  const to = rowAt(places, scrolled + height + BEYOND) + 1;
  return { from, to: Math.min(rows, Math.max(to, from + 1)) };
}

/** What the eye is on: a row, and how far its top is above the view's. */
export interface Anchor {
  id: number;
  above: number;
}

export function anchorAt(ids: readonly number[], places: Float64Array, scrolled: number): Anchor | undefined {
  if (ids.length === 0) return undefined;
  const row = rowAt(places, scrolled);
  return { id: ids[row]!, above: scrolled - places[row]! };
}

/** How far to scroll so that the anchor stands where it stood. Gone itself, the next newer one takes its place. */
export function scrolledTo(ids: readonly number[], places: Float64Array, anchor: Anchor): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ids[middle]! < anchor.id) low = middle + 1;
    else high = middle;
  }
  if (low === ids.length) return places.at(-1) ?? 0;
  return ids[low] === anchor.id ? places[low]! + anchor.above : places[low]!;
}
