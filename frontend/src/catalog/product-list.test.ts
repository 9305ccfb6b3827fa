import { describe, expect, test, vi } from "vitest";
import type { Answer } from "../lib/asking";
import { EVERYTHING, read, readEnd, write } from "./list-query";
import { neighbour, onPage, type Trail } from "./list-trail";
import { ProductList, sayDone, type Ask } from "./product-list.svelte";
import type { Listed, ListedProduct } from "./types";

const product = (id: number): ListedProduct => ({
  id,
  brand_id: 1,
  brand_name: "Pavoi",
  display_number: id,
  name: `Product ${id}`,
  short_name: "",
  original_price_cents: 100,
  sale_price_cents: null,
  pid: null,
  sku: "",
  stock: null,
  is_featured: false,
  tags: [],
  image_count: 0,
  variant_count: 0,
  thumbnail_url: null,
  used: 0,
});
const listed = (ids: number[], more = false): Listed => ({
  products: ids.map(product),
  more,
  meant: "",
  as_typed: true,
});
const ok = <Data>(data: Data): Answer<Data> => ({ is: "ok", data });
const asking = (...answers: Answer<unknown>[]) =>
  vi.fn((_path: string, _sent?: object) =>
    Promise.resolve(answers.shift() ?? ok(listed([]))),
  ) as unknown as Ask & ReturnType<typeof vi.fn>;
const list = (ask: Ask = asking(), more = false) =>
  new ProductList({ ...EVERYTHING }, listed([1, 2, 3, 4], more), ask);

describe("the address", () => {
  test("is read as it was written", () => {
    const query = {
      ...EVERYTHING,
      q: "gold & hoops",
      brand: "3",
      least: "0",
      most: "4999",
      used: "no",
      sort: "price",
      page: 4,
    };
    expect(read(write(query))).toEqual(query);
    expect(write(EVERYTHING)).toBe("");
    expect(read("?page=-3&sort=name")).toEqual({ ...EVERYTHING, sort: "name" });
  });

  test("has prices in minor units", () => {
    expect(readEnd("29,90", "USD")).toEqual({ value: "2990" });
    expect(readEnd(" ", "USD")).toEqual({ value: "" });
    expect(readEnd("0", "USD")).toEqual({ value: "0" });
    expect(readEnd("1500", "JPY")).toEqual({ value: "1500" });
    expect(readEnd("x", "USD")).toEqual({ problem: "Invalid price format" });
  });
});

describe("selecting", () => {
  test("Shift selects from where one was, and forth and back", () => {
    const one = list();
    one.move(1);
    one.move(2, true);
    one.move(3, true);
    expect([...one.selected]).toEqual([2, 3, 4]);
    one.move(99, true);
    expect(one.at).toBe(3);
  });

  test("the page can be selected and let go", () => {
    const one = list();
    one.toggle(0);
    one.togglePage();
    expect([one.allOnPage, one.selected.size]).toEqual([true, 4]);
    one.togglePage();
    expect(one.selected.size).toBe(0);
  });

  test("it outlives another page and another order, not another list", async () => {
    const one = list();
    one.selectPage();
    await one.go({ ...EVERYTHING, page: 2, sort: "name" });
    expect(one.selected.size).toBe(4);
    await one.go({ ...EVERYTHING, q: "gold" });
    expect(one.selected.size).toBe(0);
  });

  test("all that match are told to end where one edit ends", async () => {
    const one = list(asking(ok({ ids: [1, 2, 3], more: true })), true);
    await one.selectAll();
    expect([...one.selected]).toEqual([1, 2, 3]);
    expect(one.told?.message).toContain("one edit takes no more");
  });
});

describe("an edit", () => {
  test("is of all that is selected, and offers the way back", async () => {
    const ask = asking(ok({ change_set_id: 5, changed: 2, unchanged: 0, left: 0, why: [] }), ok(listed([1])));
    const one = list(ask);
    one.toggle(0);
    one.toggle(2);
    expect(await one.edit({ edit: "tag", value: "gold" })).toBe(true);
    expect(ask.mock.calls[0]).toEqual([
      "/products/bulk",
      { edit: "tag", value: "gold", product_ids: [1, 3] },
    ]);
    expect(one.told).toEqual({ message: "Changed 2 products", changeSetId: 5, wrong: false });
    expect(one.products).toHaveLength(1);
  });

  test("that nobody answered is told of and changes no selection", async () => {
    const one = list(asking({ is: "away" }));
    one.toggle(0);
    expect(await one.edit({ edit: "delete" })).toBe(false);
    expect([one.selected.size, one.told?.wrong, one.busy]).toEqual([1, true, ""]);
  });

  test("says what was left out, and why", () => {
    const done = {
      change_set_id: 1,
      changed: 9,
      unchanged: 0,
      left: 3,
      why: ["A stays.", "B stays.", "C stays."],
    };
    expect(sayDone(done, true).message).toBe(
      "Deleted 9 products. 3 left out: A stays. B stays. And 1 other.",
    );
    expect(sayDone({ ...done, change_set_id: null, changed: 0, left: 1, why: ["A stays."] }, false)).toEqual({
      message: "A stays.",
      changeSetId: undefined,
      wrong: true,
    });
  });
});

describe("stepping through the list", () => {
  const trail: Trail = { query: "q=gold&page=2", page: 2, ids: [4, 5, 6], more: true };
  test("goes over the edges of a page", async () => {
    const ask = vi.fn((path: string) =>
      Promise.resolve(ok(listed(path.includes("page=3") ? [7, 8] : [1, 2, 3], !path.includes("page=3")))),
    );
    expect((await neighbour(trail, 5, 1, ask))?.id).toBe(6);
    const after = await neighbour(trail, 6, 1, ask);
    expect([after?.id, after?.trail.query, after?.trail.more]).toEqual([7, "q=gold&page=3", false]);
    const before = await neighbour(trail, 4, -1, ask);
    expect([before?.id, before?.trail.query]).toEqual([3, "q=gold"]);
    expect(await neighbour(after!.trail, 8, 1, ask)).toBeUndefined();
    expect(await neighbour(undefined, 8, 1, ask)).toBeUndefined();
    expect(onPage("page=9", 1)).toBe("");
  });
});
