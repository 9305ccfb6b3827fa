/** Which pictures the worker holds for a show, and which it lets go. Pure. */

import type { Item } from "../sessions/types";

/** Items to each side of the one on air whose whole pictures are held. */
export const REACH = 10;
/** Addresses asked for at most: a lineup of 2,000 products is not carried about. */
export const MOST_WANTED = 1500;

/** Addresses, the most needed first: whole pictures near what is on air, then everybody's small ones. */
export function picturesToHold(items: readonly Item[], place: number): string[] {
  const centre = Math.max(0, place);
  const far = (index: number) => Math.abs(index - centre);
  // Shows go forwards: of two that are as far away, the later one.
  const order = items.map((_, index) => index).sort((a, b) => far(a) - far(b) || b - a);
  const near = order.filter((index) => far(index) <= REACH).flatMap((index) => items[index]!.images);
  const all = order.flatMap((index) => items[index]!.images);
  const small = all.flatMap(({ thumbnail_url, placeholder_url }) => [placeholder_url, thumbnail_url]);
  const addresses = [...near.map(({ url }) => url), ...small].filter((url) => url !== null);
  return [...new Set(addresses)].slice(0, MOST_WANTED);
}

/** Our pictures have random names that are never used again: what such an address holds never changes. */
export const isForEver = (address: string): boolean =>
  /\/(?:full|thumb|lqip|sized)\/[0-9a-f]{32}\.(?:jpg|png|webp)$/.test(
    new URL(address, "http://any").pathname,
  );

export interface HeldPicture {
  url: string;
  /** 0: nobody knows, an answer of another origin that does not show its inside. */
  bytes: number;
}

export interface Bounds {
  count: number;
  bytes: number;
  /** Answers of unknown size: browsers count each as megabytes. */
  opaque: number;
}
export const BOUNDS: Bounds = { count: 2000, bytes: 200 << 20, opaque: 60 };

/** Of the wanted addresses those that may be held: what never changes, and of other origins only a few. */
export function affordable(urls: readonly string[], origin: string, bounds: Bounds = BOUNDS): string[] {
  let opaque = 0;
  return urls.filter(
    (url) => isForEver(url) && (new URL(url).origin === origin || ++opaque <= bounds.opaque),
  );
}

/**
 * What goes, so that the rest stays within bounds: first what nobody wants now, the oldest first; then what is wanted
 * least. `held`: oldest first. `wanted`: most needed first.
 */
export function surplus(
  held: readonly HeldPicture[],
  wanted: readonly string[],
  bounds: Bounds = BOUNDS,
): string[] {
  const rank = new Map(wanted.map((url, index) => [url, index]));
  const unwanted = held.filter(({ url }) => !rank.has(url));
  const needed = held.filter(({ url }) => rank.has(url)).sort((a, b) => rank.get(b.url)! - rank.get(a.url)!);
  const total = { count: held.length, bytes: 0, opaque: 0 };
  for (const picture of held) count(total, picture, 1);
  const gone: string[] = [];
  for (const picture of [...unwanted, ...needed]) {
    const isTooMuch =
      total.count > bounds.count ||
      (total.bytes > bounds.bytes && picture.bytes > 0) ||
      (total.opaque > bounds.opaque && picture.bytes === 0);
    if (!isTooMuch) continue;
    gone.push(picture.url);
    total.count -= 1;
    count(total, picture, -1);
  }
  return gone;
}

function count(total: { bytes: number; opaque: number }, { bytes }: HeldPicture, sign: 1 | -1): void {
  total.bytes += sign * bytes;
  if (bytes === 0) total.opaque += sign;
}
