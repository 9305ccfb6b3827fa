/** Where a key press belongs: the page's own keys must not take what somebody types, nor a control's Space and Enter. */

import type { Place } from "./keys";

const TEXT =
  "input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=range]), textarea, select";

export function placeOf(target: EventTarget | null): Place {
  if (document.querySelector("dialog[open]")) return "dialog";
  if (!(target instanceof Element)) return "open";
  if (target.closest(TEXT) || (target instanceof HTMLElement && target.isContentEditable)) return "text";
  return target.closest("button, a[href], summary, [role=button], input") ? "control" : "open";
}

/**
 * A control clicked with the mouse gives the focus back, so that Space is "next" again; one reached by Tab keeps it.
 * Call it on pointerup.
 */
export function giveFocusBack(event: Event): void {
  const control =
    event.target instanceof Element ? event.target.closest<HTMLElement>("button, a[href]") : null;
  control?.blur();
}
