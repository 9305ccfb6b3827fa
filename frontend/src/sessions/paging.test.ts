import fc from "fast-check";
import { expect, test } from "vitest";
import { pagesAround, WHOLE, type Unit } from "./paging";

/** Units of these heights, one below the other. */
function stack(heights: readonly number[]): Unit[] {
  let top = 0;
  return heights.map((height) => ({ top, bottom: (top += height) }));
}
const twenty = stack(Array.from({ length: 20 }, () => 40));

test("what fits is one page", () => {
  expect(pagesAround(stack([40, 40]), 100, 0)).toEqual({ pages: [WHOLE], index: 0 });
  expect(pagesAround([], 100, 0)).toEqual({ pages: [WHOLE], index: 0 });
});

test("a page ends between two lines", () => {
  const { pages, index } = pagesAround(twenty, 300, 0);
  expect(index).toBe(0);
  expect(pages.map(({ from, to }) => [from, to])).toEqual([
    [0, 280],
    [280, 560],
    [560, 800],
  ]);
});

test("the page that is read begins where it must, those before are filled from below", () => {
  // Three lines of 40 came above what began at 280.
  const { pages, index } = pagesAround(stack(Array.from({ length: 23 }, () => 40)), 300, 400);
  expect([index, pages[index]!.top, pages[index]!.from]).toEqual([2, 400, 400]);
  expect(pages.map(({ from, to }) => [from, to])).toEqual([
    [0, 120],
    [120, 400],
    [400, 680],
    [680, 920],
  ]);
});

test("where nothing is left to fill it, the page begins with a gap", () => {
  const { pages, index } = pagesAround(stack([40, 40]), 300, -65);
  expect(index).toBe(0);
  expect(pages[0]).toEqual({ top: -65, from: 0, to: 80 });
  // A line that would be cut at the upper edge is on the page before.
  const gap = pagesAround(stack([40, 40, 40]), 300, 25);
  expect(gap.index).toBe(1);
  expect(gap.pages[1]).toEqual({ top: 25, from: 40, to: 120 });
});

test("every line is on one page and no page is higher than the screen, unless one line is", () => {
  const heights = fc.array(fc.integer({ min: 10, max: 90 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(
      heights,
      fc.integer({ min: 60, max: 400 }),
      fc.integer({ min: -60, max: 1500 }),
      (of, height, top) => {
        const units = stack(of);
        const edge = Math.min(top, units.at(-1)!.top);
        const { pages, index } = pagesAround(units, height, edge);
        if (pages[0] === WHOLE) return;
        expect(pages[index]!.top).toBeCloseTo(Math.min(edge, pages[index]!.from));
        expect(pages[0]!.from).toBe(0);
        expect(pages.at(-1)!.to).toBe(units.at(-1)!.bottom);
        pages.forEach((page, place) => {
          if (place > 0) expect(page.from).toBe(pages[place - 1]!.to);
          const lines = units.filter((unit) => unit.top >= page.from && unit.bottom <= page.to);
          if (lines.length > 1) expect(page.to - page.top).toBeLessThanOrEqual(height + 1);
        });
      },
    ),
  );
});
