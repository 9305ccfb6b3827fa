/** Where a key press belongs: the page's own keys must not take what somebody types, nor a control's Space and Enter. */

import type { Place } from "./keys";

const TEXT =
  "input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=range]), textarea, select";

export function placeOf(target: EventTarget | null): Place {
  if (document.querySelector("dialog[open]")) return "dialog";
  if (!(target instanceof Element)) return "open";
  if (target.closest(TEXT) || (target instanceof HTMLElement && target.isContentEditable)) return "text";
  if (target.closest("input[type=radio], input[type=range]")) return "choice";
  return target.closest("button, a[href], summary, [role=button], input") ? "control" : "open";
}

/**
 * A control clicked with the mouse gives the focus back, so that Space is "next" again; one reached by Tab keeps it.
 * Call it on click: a label hands its focus on with a second click, and one made by a key has no detail.
 */
export function giveFocusBack(event: MouseEvent): void {
  if (event.detail === 0 || !(event.target instanceof Element)) return;
  event.target
    .closest<HTMLElement>("button, a[href], input[type=radio], input[type=checkbox], input[type=range]")
    ?.blur();
}
