/**
 * A long text on a screen that does not scroll, cut into pages between its lines. Pure; all in pixels of the text.
 *
 * A page may begin with a gap: where lines come or go above what is read, that stays where it is, and what no longer has
 * room above it goes to the page before.
 */

/** What is never cut: a bullet, or one row of a paragraph that is higher than the page. */
export interface Unit {
  top: number;
  bottom: number;
}

export interface Page {
  /** What stands at the upper edge of the screen; above `from` is nothing. */
  top: number;
  from: number;
  to: number;
}

/** All of it on one. */
export const WHOLE: Page = { top: 0, from: 0, to: Infinity };
/** Less than anybody sees: browsers lay out in 64ths of a pixel. */
const SLACK = 0.6;

/** The pages, and which of them has `top` at its upper edge. */
export function pagesAround(
  units: readonly Unit[],
  height: number,
  top: number,
): { pages: Page[]; index: number } {
  if (units.length === 0) return { pages: [WHOLE], index: 0 };
  const begins = units.findIndex((unit) => unit.top >= top - SLACK);
  const first = begins < 0 ? units.length - 1 : begins;
  const before = pagesBefore(units, first, height);
  const pages: Page[] = [...before];
  for (let from = first, edge = Math.min(top, units[first]!.top); from < units.length;) {
    let to = from + 1;
    while (to < units.length && units[to]!.bottom <= edge + height + SLACK) to += 1;
    pages.push({ top: edge, from: units[from]!.top, to: units[to - 1]!.bottom });
    from = to;
    edge = units[from]?.top ?? 0;
  }
  return pages.length === 1 && top === 0 ? { pages: [WHOLE], index: 0 } : { pages, index: before.length };
}

/** What stands before a unit, in pages that are as full as can be from below. */
function pagesBefore(units: readonly Unit[], end: number, height: number): Page[] {
  const pages: Page[] = [];
  while (end > 0) {
    let from = end - 1;
    const to = units[end - 1]!.bottom;
    while (from > 0 && to - units[from - 1]!.top <= height + SLACK) from -= 1;
    pages.unshift({ top: units[from]!.top, from: units[from]!.top, to });
    end = from;
  }
  return pages;
}
