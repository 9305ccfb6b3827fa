import { expect, test } from "vitest";
import { counting, sentence, stillTrue, telling, type ImportRow, type Preview } from "./imports";

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
