import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MOST_HELD, Preloader, wanted } from "./preload";
import { item } from "./samples";

const items = Array.from({ length: 10 }, (_, index) => item({ id: index + 1, images: 2 }));
const numbers = (urls: string[]) => [...new Set(urls.map((url) => Number(/(\d+)-/.exec(url)![1])))];

test("what is shown comes first, then its neighbours, two to each side", () =>
  expect(numbers(wanted(items, 4).near)).toEqual([5, 6, 4, 7, 3]));

test("the rest comes after, what is shown soonest first", () =>
  expect(numbers(wanted(items, 4).rest)).toEqual([8, 2, 9, 1, 10]));

test("at the ends there are fewer", () => {
  expect(numbers(wanted(items, 0).near)).toEqual([1, 2, 3]);
  expect(numbers(wanted(items, 9).near)).toEqual([10, 9, 8]);
});

test("every picture of each is wanted, once", () => {
  const { near, rest } = wanted(items, 4);
  expect([near.length, rest.length, new Set([...near, ...rest]).size]).toEqual([10, 10, 20]);
});

test("an empty lineup wants nothing", () => expect(wanted([], -1)).toEqual({ near: [], rest: [] }));

test("a page that shows none of its lineup yet begins with the first", () =>
  expect(numbers(wanted(items, -1).near)).toEqual([1, 2]));

/** The browser's side: what it was asked to fetch, and what answers. */
let fetched: string[];
let answers: Map<string, { onload: () => void; onerror: () => void }>;
const arrives = (url: string) => answers.get(url)!.onload();
const fails = (url: string) => answers.get(url)!.onerror();

beforeEach(() => {
  fetched = [];
  answers = new Map();
  vi.stubGlobal(
    "Image",
    class {
      onload = () => {};
      onerror = () => {};
      set src(url: string) {
        fetched.push(url);
        answers.set(url, { onload: () => this.onload(), onerror: () => this.onerror() });
      }
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

test("what is near is fetched at once, and once", () => {
  const pictures = new Preloader();
  pictures.want({ near: ["/1.jpg", "/2.jpg"], rest: [] });
  pictures.want({ near: ["/2.jpg", "/3.jpg", "/1.jpg"], rest: [] });
  expect(fetched).toEqual(["/1.jpg", "/2.jpg", "/3.jpg"]);
});

test("the rest waits until what is near is there, and comes one after the other", () => {
  const pictures = new Preloader();
  pictures.want({ near: ["/1.jpg", "/2.jpg"], rest: ["/8.jpg", "/9.jpg"] });
  arrives("/1.jpg");
  expect(fetched).toEqual(["/1.jpg", "/2.jpg"]);
  arrives("/2.jpg");
  expect(fetched.slice(2)).toEqual(["/8.jpg"]);
  arrives("/8.jpg");
  expect(fetched.slice(3)).toEqual(["/9.jpg"]);
  arrives("/9.jpg");
  expect(fetched).toHaveLength(4);
});

test("when the show moves on, the rest goes on from there", () => {
  const pictures = new Preloader();
  pictures.want({ near: ["/1.jpg"], rest: ["/8.jpg", "/9.jpg"] });
  arrives("/1.jpg");
  pictures.want({ near: ["/5.jpg"], rest: ["/7.jpg", "/8.jpg"] });
  arrives("/5.jpg");
  expect(fetched).toEqual(["/1.jpg", "/8.jpg", "/5.jpg"]);
  arrives("/8.jpg");
  expect(fetched.slice(3)).toEqual(["/7.jpg"]);
});

test("a picture that failed holds up nothing and is tried again when it is near", () => {
  const pictures = new Preloader();
  pictures.want({ near: ["/1.jpg"], rest: ["/8.jpg", "/9.jpg"] });
  fails("/1.jpg");
  fails("/8.jpg");
  expect(fetched).toEqual(["/1.jpg", "/8.jpg", "/9.jpg"]);
  pictures.want({ near: ["/8.jpg"], rest: [] });
  expect(fetched.slice(3)).toEqual(["/8.jpg"]);
});

test("a long show holds so many pictures and no more; what is near now is kept longest", () => {
  const pictures = new Preloader();
  const near = ["/near-1.jpg", "/near-2.jpg"];
  for (let index = 0; index < MOST_HELD + 30; index += 1)
    pictures.want({ near: [`/${index}.jpg`, ...near], rest: [] });
  const before = fetched.length;
  pictures.want({ near: [`/${MOST_HELD + 29}.jpg`, ...near, "/0.jpg"], rest: [] });
  expect(fetched.slice(before)).toEqual(["/0.jpg"]);
});

test("more pictures than are held do not push each other out", () => {
  const pictures = new Preloader();
  const many = Array.from({ length: MOST_HELD + 80 }, (_, index) => `/${index}.jpg`);
  pictures.want({ near: many, rest: [] });
  const once = fetched.length;
  pictures.want({ near: many, rest: [] });
  expect([fetched.length, fetched[0]]).toEqual([once, "/0.jpg"]);
});
