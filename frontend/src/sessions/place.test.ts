import fc from "fast-check";
import { expect, test } from "vitest";
import { readPlace, showPlace, writePlace } from "./place";
import { item } from "./samples";

const items = [item({ id: 7, position: 1, images: 3 }), item({ id: 9, position: 5, images: 0 })];

test("an address and a place are the same thing", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 }), fc.webQueryParameters(), (imageIndex, other) => {
      const search = writePlace(`?${other}`, { itemId: 7, imageIndex });
      expect(readPlace(search, items)).toEqual({ itemId: 7, imageIndex });
    }),
  );
});

test("what is not in this lineup, or not a number, is no place", () => {
  for (const search of [
    "",
    "?sp=8",
    "?sp=abc",
    "?sp=-7",
    "?sp=7.5",
    "?sp=99999999999999999999",
    "?img=2",
    "?sp=%37x",
  ])
    expect(readPlace(search, items)).toBe(null);
});

test("a picture that is not there is the first one", () => {
  expect(readPlace("?sp=7&img=3", items)).toEqual({ itemId: 7, imageIndex: 0 });
  expect(readPlace("?sp=7&img=x", items)).toEqual({ itemId: 7, imageIndex: 0 });
  expect(readPlace("?sp=9&img=0", items)).toEqual({ itemId: 9, imageIndex: 0 });
});

test("other parameters stay, and nothing to show takes ours away", () => {
  expect(writePlace("?debug=1&sp=4&img=1", { itemId: 7, imageIndex: 2 })).toBe("?debug=1&sp=7&img=2");
  expect(writePlace("?debug=1&sp=4&img=1", null)).toBe("?debug=1");
  expect(writePlace("?sp=4&img=1", null)).toBe("");
});

function page(search: string) {
  const told: string[] = [];
  const location = { pathname: "/sessions/1/producer", search };
  const history = {
    state: { kept: true },
    replaceState: (_: unknown, __: string, url: string) => told.push(url),
  };
  return { told, history, window: { location, history } as unknown as Window };
}

test("the page's address says what is shown, and is left alone when it does already", () => {
  const one = page("?debug=1");
  showPlace({ itemId: 7, imageIndex: 1 }, one.window);
  expect(one.told).toEqual(["/sessions/1/producer?debug=1&sp=7&img=1"]);
  const same = page("?sp=7&img=1");
  showPlace({ itemId: 7, imageIndex: 1 }, same.window);
  expect(same.told).toEqual([]);
});

test("a browser that has had enough new addresses stops nothing else", () => {
  const one = page("");
  one.history.replaceState = () => {
    throw new DOMException("Attempt to use history.replaceState() more than 100 times", "SecurityError");
  };
  expect(() => showPlace({ itemId: 7, imageIndex: 1 }, one.window)).not.toThrow();
});
