import { expect, test } from "vitest";
import { wanted } from "./preload";
import { item } from "./samples";

const items = Array.from({ length: 10 }, (_, index) => item({ id: index + 1, images: 2 }));
const numbers = (place: number) => [
  ...new Set(wanted(items, place).map((url) => Number(/(\d+)-/.exec(url)![1]))),
];

test("what is shown comes first, then its neighbours, two to each side", () => {
  expect(numbers(4)[0]).toBe(5);
  expect(numbers(4).sort((a, b) => a - b)).toEqual([3, 4, 5, 6, 7]);
});

test("at the ends there are fewer", () => {
  expect(numbers(0)).toEqual([1, 2, 3]);
  expect(numbers(9)).toEqual([10, 9, 8]);
});

test("every picture of each is wanted", () => expect(wanted(items, 4)).toHaveLength(10));

test("an empty lineup wants nothing", () => expect(wanted([], -1)).toEqual([]));
