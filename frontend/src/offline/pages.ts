/** Which page an address asks for, and what an answer means for the copy that is held. Pure. */

const HOST = /^\/sessions\/([0-9]{1,19})\/host$/;
/** What a crew goes on with on paper when the server stays away. */
const PAPER = /^\/sessions\/([0-9]{1,19})\/paper$/;
const RUN = /^\/sessions\/([0-9]{1,19})\/run$/;

/** The path under which a host's page or a paper is held; undefined for every other page. */
export function heldPath({ pathname, searchParams }: URL): string | undefined {
  if (HOST.test(pathname) || PAPER.test(pathname)) return pathname;
  const run = RUN.exec(pathname);
  // The address of older links: everything but the console leads to the host's screen.
  return run && searchParams.get("view") !== "producer" ? `/sessions/${run[1]}/host` : undefined;
}

/** What to do with the held copy once the server has answered. */
export type Verdict =
  /** The server's answer is shown, the copy stays. */
  | "pass"
  /** The server's answer is shown, and the copy may not be seen any more. */
  | "drop"
  /** The server is not itself; the copy is better. */
  | "away";

export function verdict(path: string, { type, status }: Pick<Response, "type" | "status">): Verdict {
  // A redirect from the page itself leads to the sign-in; the one of an older link leads to the page.
  if (type === "opaqueredirect") return RUN.test(path) ? "pass" : "drop";
  if ([401, 403, 404, 410].includes(status)) return "drop";
  return status >= 500 ? "away" : "pass";
}

/** Whether after this answer somebody else may be signed in. */
export const changesPerson = ({ pathname }: URL): boolean =>
  pathname.startsWith("/enter/") || pathname === "/sign-in" || pathname === "/sign-out";

/** Built files and pictures that a page names: the path of each, once. */
export const filesIn = (html: string): string[] => [
  ...new Set([...html.matchAll(/(?:href|src)="(\/(?:static|media)\/[^"?#]+)"/g)].map((match) => match[1]!)),
];
