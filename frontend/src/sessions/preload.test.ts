import { afterEach, expect, test, vi } from "vitest";
import { preload, wanted } from "./preload";
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

test("a page that shows none of its lineup yet begins with the first", () =>
  expect(numbers(-1)).toEqual([1, 2]));

afterEach(() => vi.unstubAllGlobals());

function browser(): string[] {
  const fetched: string[] = [];
  class Image {
    decoding = "";
    set src(url: string) {
      fetched.push(url);
    }
  }
  vi.stubGlobal("Image", Image);
  return fetched;
}

test("a picture is fetched once, nearest first", () => {
  const fetched = browser();
  preload(["/a/1.jpg", "/a/2.jpg"]);
  preload(["/a/2.jpg", "/a/3.jpg", "/a/1.jpg"]);
  expect(fetched).toEqual(["/a/1.jpg", "/a/2.jpg", "/a/3.jpg"]);
});

test("a long show holds so many pictures and no more; what is near now is kept longest", () => {
  const fetched = browser();
  const near = ["/b/near-1.jpg", "/b/near-2.jpg"];
  preload(near);
  for (let index = 0; index < 150; index += 1) preload([`/b/${index}.jpg`, ...near]);
  expect(fetched).toHaveLength(152);
  preload(["/b/149.jpg", "/b/0.jpg"]);
  expect(fetched.slice(152)).toEqual(["/b/0.jpg"]);
});

test("more pictures than are held do not push each other out", () => {
  const fetched = browser();
  const many = Array.from({ length: 200 }, (_, index) => `/c/${index}.jpg`);
  preload(many);
  const once = fetched.length;
  preload(many);
  expect([fetched.length, fetched[0]]).toEqual([once, "/c/0.jpg"]);
});
