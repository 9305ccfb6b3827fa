import { expect, test } from "vitest";
import { PLAIN, read, ViewStore } from "./view-options.svelte";

function storage(kept: string | null = null) {
  return {
    kept,
    getItem() {
      return this.kept;
    },
    setItem(_: string, text: string) {
      this.kept = text;
    },
  };
}

test("what is set is there again after a reload", () => {
  const kept = storage();
  const view = new ViewStore(kept);
  expect(view.options).toEqual(PLAIN);
  view.set({ mirror: true });
  view.set({ size: 1.4 });
  expect(new ViewStore(kept).options).toEqual({ ...PLAIN, mirror: true, size: 1.4 });
});

test.each([null, "", "no json", "null", "7", '{"size":"big","dim":9,"mirror":1}', '{"size":-1}'])(
  "%s is as if nothing had been kept",
  (text) => expect(read(text)).toEqual(PLAIN),
);

test("a browser that keeps nothing still does as it is told", () => {
  const full = {
    getItem: () => null,
    setItem: () => {
      throw new Error("full");
    },
  };
  for (const store of [full, undefined]) {
    const view = new ViewStore(store);
    view.set({ dim: 0.4 });
    expect(view.options.dim).toBe(0.4);
  }
});
