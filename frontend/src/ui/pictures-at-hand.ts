/** The addresses of pictures that this page has fetched: they come from the browser's cache, without the network. */

/** A show has some hundreds; beyond this the oldest are forgotten and come in steps again. */
const MOST_KNOWN = 5000;
const known = new Set<string>();

export function isAtHand(url: string): boolean {
  return known.has(url);
}

export function atHand(url: string): void {
  known.add(url);
  if (known.size > MOST_KNOWN) known.delete(known.values().next().value as string);
}

export function notAtHand(url: string): void {
  known.delete(url);
}

/** Fetches and decodes a picture beside the page, so that drawing it later takes nothing. Rejects when it cannot. */
export function decoded(url: string): Promise<void> {
  const image = new Image();
  image.src = url;
  return image.decode();
}
