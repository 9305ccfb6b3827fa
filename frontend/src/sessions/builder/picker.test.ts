import { beforeEach, expect, test, vi } from "vitest";
import { Refused } from "../../live/channel";
import { isList, PasteList, type Line } from "./paste.svelte";
import { ASK_AFTER_MS, Picker, type Found } from "./picker.svelte";

const product = (id: number, more: Partial<Found> = {}): Found => ({
  id,
  brand_id: 1,
  brand_name: "Pavoi",
  display_number: id,
  name: `Product ${id}`,
  short_name: "",
  original_price_cents: 1000,
  sale_price_cents: null,
  pid: null,
  sku: `GH-${id}`,
  stock: null,
  tags: [],
  thumbnail_url: null,
  ...more,
});

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

test("the server is asked once, when the fingers rest", async () => {
  const asked: string[] = [];
  const picker = new Picker(async (parameters) => {
    asked.push(parameters.toString());
    return { products: [product(1)], more: false };
  });
  for (const text of ["g", "go", "gold"]) picker.type(text);
  await pass(ASK_AFTER_MS);
  expect([asked, picker.highlighted?.id, picker.state]).toEqual([["q=gold"], 1, "answered"]);
});

test("an answer that comes late does not replace a newer one", async () => {
  const answers: ((products: Found[]) => void)[] = [];
  const picker = new Picker(
    () => new Promise((resolve) => answers.push((products) => resolve({ products, more: false }))),
  );
  void picker.ask();
  void picker.ask();
  answers[1]!([product(2)]);
  await pass();
  answers[0]!([product(1)]);
  await pass();
  expect(picker.found.map(({ id }) => id)).toEqual([2]);
});

test("who presses Enter before the answer has come means the answer", async () => {
  const picker = new Picker(async (parameters) => ({
    products: [product(parameters.get("q") === "hoops" ? 2 : 1)],
    more: false,
  }));
  await picker.ask();
  expect(picker.highlighted?.id).toBe(1);
  picker.type("hoops");
  await picker.settled();
  expect(picker.highlighted?.id).toBe(2);
  await pass(ASK_AFTER_MS);
  expect(picker.state).toBe("answered");
});

test("words, tags and filters go into the question; a number may have its sign", () => {
  const picker = new Picker(async () => ({ products: [], more: false }));
  const question = (query: string) => {
    picker.query = query;
    return picker.parameters.toString();
  };
  expect(question("gold #ear")).toBe("q=gold&tag=ear");
  expect(question("#12")).toBe("q=12");
  expect(question("  ")).toBe("");
  picker.filters = { brand: "3", inStock: true, withPicture: true };
  expect(question("x")).toBe("q=x&brand=3&stock=in&picture=yes");
});

test("more is asked for before the end is reached", async () => {
  const offsets: (string | null)[] = [];
  const picker = new Picker(async (parameters) => {
    offsets.push(parameters.get("offset"));
    const from = Number(parameters.get("offset") ?? 0);
    return {
      products: Array.from({ length: 10 }, (_, index) => product(from + index + 1)),
      more: from === 0,
    };
  });
  await picker.ask();
  picker.step(6);
  await pass();
  expect([offsets, picker.found.length, picker.more]).toEqual([[null, "10"], 20, false]);
});

test("what was looked for instead of a mistyped word is said, and no longer than it is shown", async () => {
  let meant: string | null = "hoops";
  const picker = new Picker(async () => ({ products: [product(1)], more: false, meant, as_typed: false }));
  await picker.ask();
  expect(picker.meant).toBe("Showing results for “hoops”.");
  meant = null;
  await picker.ask();
  expect(picker.meant).toBe("");
});

test("a failure is said and the next try may work", async () => {
  let fails = true;
  const picker = new Picker(async () => {
    if (fails) throw new Error("503");
    return { products: [product(1)], more: false };
  });
  await picker.ask();
  expect(picker.state).toBe("failed");
  fails = false;
  await picker.ask();
  expect(picker.state).toBe("answered");
});

test("what is marked keeps its order and is taken once", () => {
  const picker = new Picker(async () => ({ products: [], more: false }));
  for (const id of [3, 1, 2, 1]) picker.mark(product(id));
  expect(picker.takeMarked().map(({ id }) => id)).toEqual([3, 2]);
  expect(picker.marked).toEqual([]);
});

// A pasted list

const twin = [product(12), product(52, { brand_id: 2, brand_name: "Zeta", display_number: 12 })];
const twin13 = [product(13), product(53, { brand_id: 2, brand_name: "Zeta", display_number: 13 })];
const LINES: Line[] = [
  { word: "gh-3", products: [product(3)] },
  { word: "x", products: [] },
  { word: "12", products: twin },
  { word: "5", products: [product(5)] },
  { word: "GH-3", products: [product(3)] },
  { word: "13", products: twin13 },
];

async function read(lines: Line[] | Refused): Promise<PasteList> {
  const list = new PasteList(
    async () => {
      if (lines instanceof Refused) throw lines;
      return lines;
    },
    () => new Map([[5, 7]]),
  );
  list.type("anything");
  await pass(300);
  return list;
}

test("each line says what it is about to do, and the order is the list's", async () => {
  const list = await read(LINES);
  expect(LINES.map((_, index) => list.says(index))).toEqual([
    "added",
    "unknown",
    "choose",
    "present",
    "present",
    "choose",
  ]);
  expect(list.wanted).toEqual([3]);
  expect(list.summary).toBe("1 to add · 2 in the lineup already · 1 not found · 2 to choose");
});

test("a choice of a brand is the choice for the other numbers, too", async () => {
  const list = await read(LINES);
  list.choose(2, 52);
  expect([list.product(5)?.id, list.wanted]).toEqual([53, [3, 52, 53]]);
  list.choose(5, 13);
  expect([list.product(2)?.id, list.wanted]).toEqual([52, [3, 52, 13]]);
});

test("what is in the lineup is added again only when asked", async () => {
  const list = await read(LINES);
  list.again = true;
  expect(list.wanted).toEqual([3, 5, 3]);
});

test("a list that is too long says so and adds nothing", async () => {
  const list = await read(new Refused({ reason: "too_many", message: "A list has at most 200 products" }));
  expect([list.problem, list.wanted, list.reading]).toEqual(["A list has at most 200 products", [], false]);
});

test("one word is searched for, several are a list", () => {
  expect(["GH-7", " gold hoops ", "12\n13", "12,13", "12\t"].map(isList)).toEqual([
    false,
    false,
    true,
    true,
    false,
  ]);
});
