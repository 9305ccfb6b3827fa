/** The names of what the worker holds. Pages and pictures are each person's own; a cache of another format is dropped. */

const FORMAT = "cuelight-1";
/** The page for what is not held; nobody's own. */
export const OFFLINE_PAGE = "/offline";
const NOBODY = 0;

/** A page with the built files it needs: a cache of its own, so that both come and go together. */
export const pageCache = (personId: number, path: string): string => `${FORMAT}:page:${personId}:${path}`;
export const offlineCache = pageCache(NOBODY, OFFLINE_PAGE);
export const pictureCache = (personId: number): string => `${FORMAT}:pictures:${personId}`;

/** Pages held of one person; the oldest goes. */
export const MOST_PAGES = 4;

const person = (name: string): number | undefined => {
  const [format, kind, personId] = name.split(":");
  return format === FORMAT && kind && personId ? Number(personId) : undefined;
};
const isOurs = (name: string): boolean => name.startsWith("cuelight-");
const isPage = (name: string): boolean => name.split(":")[1] === "page";

/** Caches of other formats: an older or newer worker made them. */
export const foreign = (names: readonly string[]): string[] =>
  names.filter((name) => isOurs(name) && person(name) === undefined);

/** Everything that belongs to somebody. */
export const personal = (names: readonly string[]): string[] =>
  names.filter((name) => isOurs(name) && person(name) !== NOBODY);

/** What goes when a person's page is put in: what others left, and this person's oldest pages. `names`: oldest first. */
export function leftovers(names: readonly string[], personId: number): string[] {
  const others = personal(names).filter((name) => person(name) !== personId);
  const pages = names.filter((name) => isPage(name) && person(name) === personId);
  return [...others, ...pages.slice(0, Math.max(0, pages.length - MOST_PAGES))];
}

/** The held pages at a path: of whoever is signed in, for others have been dropped. */
export const pagesAt = (names: readonly string[], path: string): string[] =>
  names.filter((name) => isPage(name) && name.split(":").slice(3).join(":") === path);
