import fc from "fast-check";
import { expect, test } from "vitest";
import { item } from "../sessions/samples";
import type { Item } from "../sessions/types";
import { affordable, isForEver, MOST_WANTED, picturesToHold, REACH, surplus } from "./pictures";

const HERE = "http://studio.test";
const name = (id: number) => id.toString(16).padStart(32, "0");
const address = (folder: string, id: number) => `${HERE}/media/products/1/${folder}/${name(id)}.jpg`;

function lineup(count: number): Item[] {
  return Array.from({ length: count }, (_, index) => {
    const one = item({ id: index, images: 1 });
    const images = one.images.map((image) => ({
      ...image,
      url: address("full", index),
      thumbnail_url: address("thumb", index),
      placeholder_url: index === 3 ? null : address("lqip", index),
    }));
    return { ...one, images };
  });
}
const fulls = (urls: string[]) =>
  urls.filter((url) => url.includes("/full/")).map((url) => parseInt(url.slice(-36, -4), 16));

test("whole pictures of ten to each side come first, the nearest first, then everybody's small ones", () => {
  const urls = picturesToHold(lineup(40), 20);
  expect(fulls(urls).slice(0, 5)).toEqual([20, 21, 19, 22, 18]);
  expect(fulls(urls)).toHaveLength(2 * REACH + 1);
  expect(urls.slice(0, 21).every((url) => url.includes("/full/"))).toBe(true);
  expect(urls.slice(21)).toHaveLength(40 + 39);
  expect(urls[21]).toBe(address("lqip", 20));
});

test("at an end the other side is as long as ever, and with nothing on air it begins at the first", () => {
  expect(Math.max(...fulls(picturesToHold(lineup(40), 0)))).toBe(REACH);
  expect(picturesToHold(lineup(40), -1)).toEqual(picturesToHold(lineup(40), 0));
  expect(picturesToHold([], -1)).toEqual([]);
});

test("a lineup of thousands is not carried about", () => {
  expect(picturesToHold(lineup(2000), 1000)).toHaveLength(MOST_WANTED);
});

test("only names that are never used again are held", () => {
  expect(isForEver(address("full", 1))).toBe(true);
  expect(isForEver(`https://bucket.test/${name(1)}/lqip/${name(2)}.webp`)).toBe(true);
  for (const other of [`${HERE}/media/1.jpg`, `${HERE}/full/${name(1)}.svg`, `${HERE}/full/x${name(1)}.jpg`])
    expect(isForEver(other)).toBe(false);
});

test("of another origin only a few are asked for", () => {
  const there = Array.from({ length: 5 }, (_, id) => address("full", id).replace("studio", "bucket"));
  const bounds = { count: 9, bytes: 9, opaque: 2 };
  expect(affordable([...there, address("full", 9)], HERE, bounds)).toEqual([
    ...there.slice(0, 2),
    address("full", 9),
  ]);
});

test("what nobody wants goes first, the oldest first; then what is wanted least", () => {
  const held = ["old", "new", "a", "b"].map((url) => ({ url, bytes: 10 }));
  const keep = (count: number, bytes = 1000) => surplus(held, ["b", "a"], { count, bytes, opaque: 0 });
  expect(keep(4)).toEqual([]);
  expect(keep(3)).toEqual(["old"]);
  expect(keep(1)).toEqual(["old", "new", "a"]);
  expect(keep(9, 25)).toEqual(["old", "new"]);
});

test("whatever is held, what stays is within bounds", () => {
  const pictures = fc.uniqueArray(
    fc.record({ url: fc.string({ minLength: 1 }), bytes: fc.integer({ min: 0, max: 50 }) }),
    { selector: ({ url }) => url },
  );
  const bounds = { count: 5, bytes: 100, opaque: 2 };
  fc.assert(
    fc.property(pictures, fc.array(fc.string()), (held, wanted) => {
      const gone = new Set(surplus(held, [...new Set(wanted)], bounds));
      const left = held.filter(({ url }) => !gone.has(url));
      expect(left.length).toBeLessThanOrEqual(bounds.count);
      expect(left.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(bounds.bytes);
      expect(left.filter(({ bytes }) => bytes === 0).length).toBeLessThanOrEqual(bounds.opaque);
    }),
  );
});
