/**
 * The copies of overlays' pages that their worker keeps: one cache for each address, so that a page and its files come
 * and go together. Not named as the other worker's caches are, which drops what it does not know. Pure.
 */

const OURS = "overlay-";
const FORMAT = `${OURS}1`;
/** Addresses that are made anew leave copies behind; the oldest go. */
export const MOST_COPIES = 24;

export const copyOf = (path: string): string => `${FORMAT}:${path}`;

/** The path of an overlay's page; undefined for everything else. */
export const overlayPath = ({ pathname }: URL): string | undefined =>
  /^\/w\/[^/.]+$/.test(pathname) ? pathname : undefined;

/** What goes: copies in another format, and more than may be kept. `names`: oldest first. */
export function surplusCopies(names: readonly string[]): string[] {
  const ours = names.filter((name) => name.startsWith(OURS));
  const known = ours.filter((name) => name.startsWith(`${FORMAT}:`));
  const old = ours.filter((name) => !known.includes(name));
  return [...old, ...known.slice(0, Math.max(0, known.length - MOST_COPIES))];
}

/** What the server's answer means for the copy. */
export type Meaning =
  /** The page as it is now. */
  | "keep"
  /** The address is good no longer. */
  | "drop"
  /** It leads elsewhere, such as to https. */
  | "pass"
  /** Whatever answered, it was not the studio: a proxy whose server is away, or a network that wants a sign-in. */
  | "away";

export function meaning({ type, headers }: Pick<Response, "type" | "headers">): Meaning {
  const said = headers.get("Cuelight-Overlay");
  if (said === "here") return "keep";
  if (said === "gone") return "drop";
  return type === "opaqueredirect" ? "pass" : "away";
}
