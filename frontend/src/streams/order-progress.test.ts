import { expect, test } from "vitest";
import { goesOn, nextPage, type OrderProgress } from "./order-progress";

const first: OrderProgress = {
  id: 7,
  state: "reading",
  step: "Reading the file",
  sentence: "Reading the file: 5 of 9 lines",
  done: 200,
  total: 1000,
  note: "",
};

test("a page is the right one as long as its file is read, or read in", () => {
  expect(goesOn({ ...first, done: 900, step: "Comparing" }, first)).toBe(true);
  for (const state of ["asking", "failed", "preview", "applying", "gone"] as const)
    expect(goesOn({ ...first, state }, first)).toBe(false);
});

test("what has come of a file is on its page, and of a cancelled one on the list", () => {
  expect(nextPage({ ...first, state: "preview" })).toBe("/dashboard/orders/7");
  expect(nextPage({ ...first, state: "gone" })).toBe("/dashboard/orders");
});
