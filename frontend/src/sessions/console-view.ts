/** How much of the console the preview takes; kept on this machine. */

export type View = "split" | "lineup-only" | "preview-only";
export const VIEWS: readonly View[] = ["split", "lineup-only", "preview-only"];

const KEY = "cuelight.console-view";

export function readView(): View {
  try {
    return VIEWS.find((view) => view === localStorage.getItem(KEY)) ?? "split";
  } catch {
    return "split"; // a browser may forbid even the look at it
  }
}

export function keepView(view: View): void {
  try {
    localStorage.setItem(KEY, view);
  } catch {
    // It holds until the page is loaded again.
  }
}
