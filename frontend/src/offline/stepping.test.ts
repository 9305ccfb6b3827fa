import fc from "fast-check";
import { expect, test } from "vitest";
import { item } from "../sessions/samples";
import { neighbour, type Lineup } from "../sessions/passing";
import { jump, step } from "./stepping";

/** Numbers with gaps, as after a removal. */
const items = [
  item({ id: 10, position: 3 }),
  item({ id: 20, position: 5, images: 0 }),
  item({ id: 30, position: 9, images: 3 }),
];
const lineup = (wrap = false): Lineup => ({ items, wrap, skipSoldOut: false });
const at = (itemId: number, imageIndex = 0) => ({ itemId, imageIndex });

test("next and previous go by the order, with the first picture", () => {
  expect(step(lineup(), at(10, 1), "next")).toEqual(at(20));
  expect(step(lineup(), at(30, 2), "previous")).toEqual(at(20));
});

test("past the ends it says so, and goes round where the session does", () => {
  expect(step(lineup(), at(30), "next")).toBe("This is the last product");
  expect(step(lineup(), at(10), "previous")).toBe("This is the first product");
  expect(step(lineup(true), at(30), "next")).toEqual(at(10));
  expect(step(lineup(true), at(10), "previous")).toEqual(at(30));
});

test("a screen by itself passes over what the show passes over, and says so", () => {
  const some = (wrap = false): Lineup => ({
    items: [item({ id: 1, skipped: true }), item({ id: 2 }), item({ id: 3, stock: 0 })],
    wrap,
    skipSoldOut: true,
  });
  expect(step(some(), at(1), "next")).toEqual(at(2));
  expect(step(some(), at(2), "next")).toBe("All products after this are skipped or sold out");
  expect(step(some(), at(2), "previous")).toBe("All products before this are skipped or sold out");
  expect(step(some(true), at(2), "next")).toBe("All other products are skipped or sold out");
  expect(step(some(), null, "next")).toEqual(at(2));
  expect(jump(some(), 3)).toEqual(at(3));
});

test("from nowhere, or from an item that was taken out, it begins at the first", () => {
  for (const from of [null, at(99)])
    for (const how of ["next", "previous"] as const) expect(step(lineup(), from, how)).toEqual(at(10));
});

test("a number is the printed one, and one in a gap is said to be missing", () => {
  expect(jump(lineup(), 9)).toEqual(at(30));
  for (const missing of [4, 0, 999, NaN])
    expect(jump(lineup(), missing)).toBe("There is no product with this number");
});

test("pictures go round, and a product without any says so", () => {
  expect(step(lineup(), at(30, 2), "next_image")).toEqual(at(30, 0));
  expect(step(lineup(), at(30, 0), "previous_image")).toEqual(at(30, 2));
  expect(step(lineup(), at(30, 99), "next_image")).toEqual(at(30, 0)); // there were more once
  expect(step(lineup(), at(20), "next_image")).toBe("This product has no pictures");
});

test("an empty lineup leads nowhere", () => {
  expect(step({ items: [], wrap: true, skipSoldOut: false }, null, "next")).toBe(
    "This session has no products yet",
  );
  expect(neighbour({ items: [], wrap: true, skipSoldOut: false }, -1, 1)).toBe(undefined);
});

test("whatever is pressed, one stays in the lineup", () => {
  const press = fc.constantFrom("next", "previous", "next_image", "previous_image");
  fc.assert(
    fc.property(fc.array(press, { maxLength: 30 }), fc.boolean(), (presses, wrap) => {
      let place = at(10);
      for (const how of presses) {
        const to = step(lineup(wrap), place, how);
        if (typeof to !== "string") place = to;
        const shown = items.find(({ id }) => id === place.itemId);
        expect(shown).toBeDefined();
        expect(place.imageIndex).toBeLessThan(Math.max(1, shown!.images.length));
      }
    }),
  );
});
