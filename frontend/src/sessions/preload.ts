/** Pictures of the neighbours are fetched before they are wanted: a key press must not wait for the network. */

import type { Item } from "./types";

const held = new Map<string, HTMLImageElement>();
const MOST_HELD = 120;

/** The addresses to fetch first, nearest first: what is shown, two to each side. */
export function wanted(items: readonly Item[], place: number, reach = 2): string[] {
  const near = items
    .map((item, index) => ({ item, distance: Math.abs(index - place) }))
    .filter(({ distance }) => distance <= reach)
    .sort((a, b) => a.distance - b.distance);
  return near.flatMap(({ item }) => item.images.map((image) => image.url));
}

export function preload(urls: readonly string[]): void {
  for (const url of urls.slice(0, MOST_HELD)) {
    const image = held.get(url) ?? load(url);
    // Put in anew, so that what is near now is let go last.
    held.delete(url);
    held.set(url, image);
    if (held.size > MOST_HELD) held.delete(held.keys().next().value as string);
  }
}

function load(url: string): HTMLImageElement {
  const image = new Image();
  image.decoding = "async";
  image.src = url;
  return image;
}
