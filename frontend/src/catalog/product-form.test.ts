import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Answer } from "../lib/asking";
import { AGAIN_MS, ProductForm, SAVE_AFTER_MS, type Ask } from "./product-form.svelte";
import { readVariants, writeVariants } from "./product-fields";
import type { Product } from "./types";

const PRODUCT: Product = {
  id: 7,
  updated_at: "2026-01-01T00:00:00.000001+00:00",
  brand_id: 1,
  display_number: 3,
  name: "Hoops",
  short_name: "",
  description: "",
  talking_points_md: "",
  talking_points_html: "",
  original_price_cents: 4999,
  sale_price_cents: null,
  cost_cents: null,
  pid: null,
  sku: "H-1",
  barcode: "",
  stock: null,
  is_featured: false,
  external_url: "",
  tags: ["gold"],
  variants: [],
  extra: {},
  external_key: "shopify:hoops",
  hand_edited: [],
};

interface Asked {
  path: string;
  sent: Record<string, unknown>;
  answer: (answer: Answer<{ product: Product }>) => Promise<void>;
}

/** A server that answers when it is told to. */
class Server {
  asked: Asked[] = [];
  ask: Ask = (path, sent) =>
    new Promise((resolve) => {
      this.asked.push({
        path,
        sent: sent as Record<string, unknown>,
        answer: async (answer) => {
          resolve(answer as never);
          await vi.advanceTimersByTimeAsync(0);
        },
      });
    });
  get last(): Asked {
    return this.asked.at(-1)!;
  }
}

class Store {
  kept = new Map<string, string>();
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => void this.kept.set(key, value);
  removeItem = (key: string) => void this.kept.delete(key);
}

let version = 1;
const saved = (changes: Partial<Product>): Answer<{ product: Product }> => ({
  is: "ok",
  data: {
    product: {
      ...PRODUCT,
      updated_at: `2026-01-02T00:00:00.${String(++version).padStart(6, "0")}+00:00`,
      ...changes,
    },
  },
});
const conflict = (changes: Partial<Product>): Answer<never> => ({
  is: "refused",
  status: 409,
  reason: "changed_meanwhile",
  message: "The name was changed meanwhile.",
  body: { product: { ...PRODUCT, ...changes } },
});
const refusal = (reason: string, message: string): Answer<never> => ({
  is: "refused",
  status: 422,
  reason,
  message,
  body: {},
});

let server: Server;
let store: Store;
const form = (product: Product | null = PRODUCT) => new ProductForm(product, "USD", server.ask, store);

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  store = new Store();
});
afterEach(() => void vi.useRealTimers());

describe("a field", () => {
  test("is saved after a moment of quiet, with what it was", async () => {
    const name = form().field("name");
    name.type("Gold hoops");
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS - 1);
    expect(server.asked).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(server.last.path).toBe("/products/7/fields");
    expect(server.last.sent).toMatchObject({ fields: { name: "Gold hoops" }, expected: { name: "Hoops" } });
    expect(name.state).toBe("saving");
    await server.last.answer(saved({ name: "Gold hoops" }));
    expect([name.state, name.unsaved]).toEqual(["saved", false]);
    expect(store.kept.size).toBe(0);
  });

  test("that is as it was is not saved", async () => {
    const price = form().field("original_price_cents");
    price.type("$49.990".slice(0, 6));
    price.leave();
    await vi.runAllTimersAsync();
    expect(server.asked).toHaveLength(0);
    expect(price.text).toBe("49.99");
  });

  test("typed on while it is saved is saved again from the new value", async () => {
    const name = form().field("name");
    name.focused = true;
    name.type("A");
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    name.type("AB");
    await server.last.answer(saved({ name: "A" }));
    expect(name.text).toBe("AB");
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    expect(server.last.sent).toMatchObject({ fields: { name: "AB" }, expected: { name: "A" } });
  });

  test("that the server writes another way is saved once", async () => {
    const pid = form().field("pid");
    pid.focused = true;
    pid.type('="0012"');
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    await server.last.answer(saved({ pid: "0012" }));
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS * 3);
    expect(server.asked).toHaveLength(1);
    pid.leave();
    expect(pid.text).toBe("0012");
  });

  test("with a mistake says so and is not sent", async () => {
    const name = form().field("name");
    name.type("  ");
    name.leave();
    await vi.runAllTimersAsync();
    expect(name.problem).toBe("A product needs a name");
    expect(server.asked).toHaveLength(0);
  });

  test("that is refused is tried again when another one was saved", async () => {
    const edit = form();
    const [sale, original] = [edit.field("sale_price_cents"), edit.field("original_price_cents")];
    sale.type("60");
    sale.leave();
    await server.last.answer(
      refusal("product_sale_not_above_original", "The sale price is above the original price."),
    );
    expect(sale.problem).toContain("above");
    sale.leave();
    expect(server.asked).toHaveLength(1);
    original.type("70");
    original.leave();
    await server.last.answer(saved({ original_price_cents: 7000 }));
    expect(server.last.sent).toMatchObject({ fields: { sale_price_cents: 6000 } });
    await server.last.answer(saved({ original_price_cents: 7000, sale_price_cents: 6000 }));
    expect(sale.problem).toBe("");
  });
});

describe("without a connection", () => {
  test("what is typed waits, and goes by itself", async () => {
    const edit = form();
    const name = edit.field("name");
    name.type("Kept");
    name.leave();
    await server.last.answer({ is: "away" });
    expect([name.state, edit.waiting]).toEqual(["waiting", true]);
    await vi.advanceTimersByTimeAsync(AGAIN_MS[0]);
    expect(server.asked).toHaveLength(2);
    await server.last.answer(saved({ name: "Kept" }));
    expect([name.state, edit.waiting]).toEqual(["saved", false]);
  });

  test("what is typed outlives a reload", async () => {
    form().field("name").type("Kept");
    const name = form().field("name");
    expect(name.text).toBe("Kept");
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    expect(server.last.sent).toMatchObject({ fields: { name: "Kept" } });
  });

  test("what somebody else changed before the reload is a matter for a person", () => {
    form().field("name").type("Mine");
    const name = form({ ...PRODUCT, name: "Theirs" }).field("name");
    expect([name.text, name.theirs]).toEqual(["Mine", { value: "Theirs", by: "Somebody" }]);
  });

  test("who was signed out is told, and nothing is lost", async () => {
    const edit = form();
    edit.field("name").type("Kept");
    edit.field("name").leave();
    await server.last.answer({ is: "signed out" });
    expect(edit.over).toBe("signed out");
    expect(form().field("name").text).toBe("Kept");
  });
});

describe("two people", () => {
  const told = (values: Partial<Product>, page = "other") => ({
    product_id: 7,
    updated_at: "2026-03-01T00:00:00.000000+00:00",
    values,
    hand_edited: ["name"],
    name: "Mia",
    page,
  });

  test("a field that nobody is at follows", () => {
    const edit = form();
    edit.edited(told({ name: "Theirs" }));
    expect(edit.field("name").text).toBe("Theirs");
    expect(edit.isEditedByHand("name")).toBe(true);
  });

  test("a field with something typed asks; theirs can be taken", () => {
    const name = form();
    name.field("name").type("Mine");
    name.edited(told({ name: "Theirs" }));
    expect(name.field("name").theirs).toEqual({ value: "Theirs", by: "Mia" });
    name.field("name").takeTheirs();
    expect([name.field("name").text, name.field("name").unsaved]).toEqual(["Theirs", false]);
    expect(server.asked).toHaveLength(0);
  });

  test("one's own can be kept, over theirs", async () => {
    const name = form();
    name.field("name").type("Mine");
    name.edited(told({ name: "Theirs" }));
    name.field("name").keepMine();
    expect(server.last.sent).toMatchObject({ fields: { name: "Mine" }, expected: { name: "Theirs" } });
  });

  test("a conflict that the server finds is told of, with who it was as soon as that is heard", async () => {
    const edit = form();
    const name = edit.field("name");
    name.type("Mine");
    name.leave();
    await server.last.answer(conflict({ name: "Theirs", updated_at: "2026-03-01T00:00:00.000000+00:00" }));
    expect(name.theirs).toEqual({ value: "Theirs", by: "Somebody" });
    edit.edited(told({ name: "Theirs" }));
    expect(name.theirs).toEqual({ value: "Theirs", by: "Mia" });
    expect(name.text).toBe("Mine");
  });

  test("news of one's own page and older news change nothing", () => {
    const edit = form();
    edit.edited(told({ name: "X" }, edit.page));
    edit.edited({ ...told({ name: "X" }), updated_at: "2025-01-01T00:00:00.000000+00:00" });
    expect(edit.field("name").text).toBe("Hoops");
  });
});

describe("a new product", () => {
  test("is made once it has a brand, a name and a price, with all that was typed", async () => {
    const made = vi.fn();
    const edit = new ProductForm(null, "USD", server.ask, store, made);
    edit.field("name").type("New");
    edit.field("stock").type("3");
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    expect(edit.missing).toEqual(["a brand", "a price"]);
    edit.field("brand_id").choose("1");
    edit.field("original_price_cents").type("10");
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    expect(server.last.path).toBe("/products/new");
    expect(server.last.sent.fields).toEqual({
      brand_id: 1,
      name: "New",
      original_price_cents: 1000,
      stock: 3,
    });
    edit.field("sku").type("LATE");
    await server.last.answer(
      saved({
        id: 9,
        name: "New",
        stock: 3,
        original_price_cents: 1000,
        sku: "",
        tags: [],
        display_number: null,
      }),
    );
    expect(edit.id).toBe(9);
    expect(made).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    expect(server.last.path).toBe("/products/9/fields");
    expect(server.last.sent).toMatchObject({ fields: { sku: "LATE" } });
  });

  test("whose answer was lost is asked for by the same name, also after a reload", async () => {
    const begin = () => new ProductForm(null, "USD", server.ask, store);
    const edit = begin();
    edit.field("brand_id").text = "1";
    edit.field("original_price_cents").type("10");
    edit.field("name").type("New");
    edit.field("name").leave();
    await server.last.answer({ is: "away" });
    const [first] = server.asked;
    begin();
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    expect(server.asked.length).toBeGreaterThan(1);
    expect(server.last.sent.op_id).toBe(first!.sent.op_id);
  });

  test("that is refused says it beside the field", async () => {
    const edit = new ProductForm(null, "USD", server.ask, store);
    edit.field("brand_id").text = "1";
    edit.field("original_price_cents").type("10");
    edit.field("pid").type("77");
    edit.field("name").type("New");
    edit.field("name").leave();
    await server.last.answer(refusal("pid_taken", "Another product has this product id."));
    expect(edit.field("pid").problem).toBe("Another product has this product id.");
    expect(edit.id).toBeNull();
  });
});

test("variants are read as they were written, what a shop added included", () => {
  const variants = [
    { title: "S", sku: "H-S", barcode: "1", price_cents: 1250, compare_at_cents: 2000, stock: 0, shop_id: 5 },
  ];
  expect(readVariants(writeVariants(variants, "USD"), "USD")).toEqual({ value: variants });
  const rows = JSON.stringify([
    { title: "", sku: "", price: "", stock: "", rest: {} },
    { title: "", sku: "X", price: "", stock: "", rest: {} },
  ]);
  expect(readVariants(rows, "USD")).toEqual({ problem: "Variant 2: give it a title, such as “Size 7”" });
});
