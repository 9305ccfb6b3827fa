/** Pictures are fetched before they are wanted: a key press must not wait for the network. */

import { atHand, notAtHand } from "../ui/pictures-at-hand";
import type { Item } from "./types";

/** How many pictures near the shown one are kept decoded. */
export const MOST_HELD = 120;
/** How many neighbours to each side are fetched at once. */
const REACH = 2;

/** Which addresses to fetch at once, nearest first, and which when those are there. */
export interface Wanted {
  near: string[];
  rest: string[];
}

/** What is shown and two to each side; then the rest of the lineup, what comes soonest first. */
export function wanted(items: readonly Item[], place: number): Wanted {
  const far = (index: number) => Math.abs(index - place);
  // Shows go forwards: of two that are as far away, the later one.
  const order = items.map((_, index) => index).sort((a, b) => far(a) - far(b) || b - a);
  const urls = (places: number[]) => places.flatMap((index) => items[index]!.images.map(({ url }) => url));
  return {
    near: urls(order.filter((index) => far(index) <= REACH)),
    rest: urls(order.filter((index) => far(index) > REACH)),
  };
}

/** Fetches what is near at once and keeps it; then the rest one after the other, for the browser's cache. */
export class Preloader {
  private readonly held = new Map<string, HTMLImageElement>();
  private readonly fetched = new Set<string>();
  private readonly onTheWay = new Set<string>();
  private rest: readonly string[] = [];

  want({ near, rest }: Wanted): void {
    this.rest = rest;
    for (const url of near.slice(0, MOST_HELD)) this.hold(url);
    this.goOn();
  }

  private hold(url: string): void {
    const image = this.held.get(url) ?? this.fetch(url);
    // Put in anew, so that what is near now is let go last.
    this.held.delete(url);
    this.held.set(url, image);
    if (this.held.size > MOST_HELD) this.held.delete(this.held.keys().next().value as string);
  }

  private fetch(url: string): HTMLImageElement {
    const image = new Image();
    this.onTheWay.add(url);
    this.fetched.add(url);
    image.onload = () => {
      atHand(url);
      this.done(url);
    };
    image.onerror = () => {
      notAtHand(url);
      this.fetched.delete(url);
      this.held.delete(url);
      this.rest = this.rest.filter((one) => one !== url);
      this.done(url);
    };
    image.decoding = "async";
    image.src = url;
    return image;
  }

  private done(url: string): void {
    this.onTheWay.delete(url);
    this.goOn();
  }

  private goOn(): void {
    if (this.onTheWay.size > 0) return;
    const next = this.rest.find((url) => !this.fetched.has(url));
    if (next !== undefined) this.fetch(next);
  }
}
