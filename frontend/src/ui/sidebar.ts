/** The sidebar of office pages, wide or narrow: by its button and by `[`. What is chosen is remembered. */

import { placeOf } from "../lib/focus";
import { composes } from "../lib/keys";
import { chosenIn, follow } from "./chosen";

const COOKIE = "cuelight-sidebar";

/** Whether a cookie header or `document.cookie` asks for the narrow one. */
export const collapsedIn = (cookies: string): boolean => chosenIn(cookies, COOKIE) === "collapsed";

type Press = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "altKey" | "metaKey">;

/**
 * Whether a press is `[`: by what is printed on the key, on a board of another script by its place (ADR 6). Many boards
 * have it on Alt or AltGr, and AltGr is Ctrl and Alt at once on some; Ctrl or Cmd alone belongs to the browser.
 */
export function isBracket({ key, code, ctrlKey, altKey, metaKey }: Press): boolean {
  if (metaKey || (ctrlKey && !altKey)) return false;
  if (/^[ -~]$|\p{Script=Latin}/u.test(key)) return key === "[";
  return code === "BracketLeft" && !altKey;
}

/** On a phone the places are a row, and the one one is at may be beyond its edge. Sideways only, never the page. */
function showPlace(): void {
  const here = document.querySelector(".nav-link[aria-current]");
  const row = here?.parentElement;
  if (!here || !row) return;
  const [place, frame] = [here.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += place.left + place.width / 2 - frame.left - frame.width / 2;
}

/** Makes the page's button work. */
export function followSidebar(): void {
  showPlace();
  const button = document.querySelector<HTMLButtonElement>("button[aria-controls=sidebar]");
  const shell = button?.closest(".shell");
  if (!button || !shell) return;
  const draw = () => {
    const collapsed = collapsedIn(document.cookie);
    shell.classList.toggle("collapsed", collapsed);
    button.setAttribute("aria-expanded", String(!collapsed));
  };
  const choose = follow(COOKIE, draw);
  const turn = () => choose(collapsedIn(document.cookie) ? "expanded" : "collapsed");
  button.addEventListener("click", turn);
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || composes(event) || !isBracket(event)) return;
    const place = placeOf(event.target);
    // A narrow window has the sidebar along its top, with nothing to collapse.
    if (place === "text" || place === "dialog" || !button.checkVisibility()) return;
    event.preventDefault();
    turn();
  });
}
