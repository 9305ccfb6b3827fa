import { expect, test } from "vitest";
import {
  counting,
  choicesFor,
  picturesSay,
  sentence,
  shown,
  stillTrue,
  summary,
  takenBack,
  telling,
  type ImportRow,
  type Preview,
} from "./imports";

const row = (more: Partial<ImportRow>): ImportRow => ({
  id: 1,
  filename: "sheet.csv",
  status: "reading",
  upsert: false,
  session_id: null,
  rows_total: null,
  rows_done: 0,
  preview: null,
  result: null,
  ...more,
});
const preview = (more: Partial<Preview>) => ({ errors_total: 0, would: null, ...more }) as Preview;

test.each([
  [row({}), "Reading the file…"],
  [
    row({ status: "preview", rows_total: 1200, preview: preview({ errors_total: 3 }) }),
    "3 to mend in 1,200 rows. Nothing is written until all are right.",
  ],
  [
    row({
      status: "preview",
      rows_total: 24,
      preview: preview({ would: { new: 20, updated: 4, unchanged: 0, skipped: 0 } }),
    }),
    "24 rows: 20 new, 4 updated. Nothing is written yet.",
  ],
  [
    row({
      status: "preview",
      rows_total: 0,
      preview: preview({ would: { new: 0, updated: 0, unchanged: 0, skipped: 0 } }),
    }),
    "0 rows: nothing to do. Nothing is written yet.",
  ],
  [
    row({
      status: "preview",
      rows_total: 1,
      preview: preview({ would: { new: 1, updated: 0, unchanged: 0, skipped: 0 } }),
    }),
    "1 row: 1 new. Nothing is written yet.",
  ],
  [
    row({ status: "preview", rows_total: 1, preview: preview({ errors_total: 1 }) }),
    "1 to mend in 1 row. Nothing is written until all are right.",
  ],
  [
    row({ status: "preview", rows_total: 2, preview: preview({}) }),
    "2 rows: nothing to do. Nothing is written yet.",
  ],
  [row({ status: "preview" }), ""],
  [row({ status: "done", result: { new: 1, images: 1 } }), "Done: 1 new, 1 picture."],
  [
    row({ status: "done", result: { new: 1200, updated: 3, unchanged: 2, skipped: 1 } }),
    "Done: 1,200 new, 3 updated, 2 unchanged, 1 skipped.",
  ],
  [row({ status: "done" }), "Done: nothing to do."],
  [row({ status: "running", rows_done: 1000, rows_total: 24_000 }), "Importing 1,000 of 24,000"],
  [row({ status: "done", result: { new: 24, images: 16 } }), "Done: 24 new, 16 pictures."],
  [row({ status: "failed" }), "Nothing was written."],
  [row({ status: "cancelled" }), "Cancelled. Nothing was written."],
])("%#: how an import stands is said in a sentence", (given, expected) =>
  expect(sentence(given)).toBe(expected),
);

test("an answer that comes too late is told calmly, everything else as wrong", () => {
  const late = { reason: "import_moved_on", message: "This import is written already." };
  expect(telling(late)).toEqual({ message: late.message, wrong: false });
  expect(telling({ reason: "forbidden", message: "No." })).toEqual({ message: "No.", wrong: true });
});

test("what was told goes with the run's next step, and not before", () => {
  const told = telling({ reason: "import_moved_on", message: "This import is written already." });
  const running = row({ status: "running", rows_done: 1000 });
  expect(stillTrue(told, running, { ...running, rows_done: 2000 })).toBe(told);
  expect(stillTrue(told, running, row({ status: "done" }))).toBeUndefined();
  expect(stillTrue(undefined, undefined, running)).toBeUndefined();
});

test("one is said of one", () => {
  expect([0, 1, 2].map((number) => counting(number, "row"))).toEqual(["0 rows", "1 row", "2 rows"]);
});

test("what an import would do is said part by part", () => {
  const would = { new: 5, updated: 4, unchanged: 32, skipped: 0, fetching: 1, new_brands: ["Nova"] };
  const differences = {
    changes: { name: 1, original_price_cents: 3 },
    kept: { name: 2 },
    products_kept: 2,
    listed: [],
  };
  expect(summary(preview({ would, differences }))).toEqual([
    "5 new",
    "1 name changes",
    "3 prices change",
    "32 unchanged",
    "2 left alone because edited by hand",
    "1 picture to fetch",
    "1 new brand: Nova",
  ]);
  expect(summary(preview({}))).toEqual([]);
});

test("a shop's lines are counted as products, and a strange list asks for its columns", () => {
  const would = { new: 60, updated: 0, unchanged: 0, skipped: 0 };
  const shop = row({ status: "preview", rows_total: 60, preview: preview({ format: "shopify", would }) });
  expect(sentence(shop)).toBe("60 products: 60 new. Nothing is written yet.");
  const strange = preview({ format: "plain", missing: ["name"], errors_total: 30 });
  expect(sentence(row({ status: "preview", rows_total: 15, preview: strange }))).toMatch(/^Which column/);
});

test("values are shown as people read them", () => {
  expect(shown("sale_price_cents", 2999, "USD")).toBe("$29.99");
  expect(shown("stock", null, "USD")).toBe("—");
  expect(shown("is_featured", true, "USD")).toBe("yes");
  const variants = [
    { title: "Gold", price_cents: 100, stock: 2 },
    { title: "Silver", price_cents: null, stock: null },
  ];
  expect(shown("variants", variants, "JPY")).toBe("Gold ¥100, 2 left\nSilver");
});

test("how the pictures from elsewhere stand is said until all are here", () => {
  const say = (waiting: number, asked: number) => picturesSay({ waiting, failed: 0, listed: [] }, asked);
  expect(say(3, 12)).toBe("3 pictures still to be fetched from elsewhere.");
  expect(say(0, 12)).toBe("All 12 pictures were fetched.");
  expect(say(0, 1)).toBe("The picture was fetched.");
});

test("what was taken back is said, and what stays", () => {
  expect(takenBack({ restored: 1, removed: 60, recreated: 0, left: 2, why: [] })).toBe(
    "Taken back: 60 new products removed again, 1 product as before, 2 left as they are.",
  );
});

test("a column that a shop's format knows can stay what it is", () => {
  expect(choicesFor("handle").at(-1)).toEqual(["handle", "Handle"]);
  expect(choicesFor("name")).toBe(choicesFor(null));
});
