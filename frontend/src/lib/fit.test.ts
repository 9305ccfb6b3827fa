import fc from "fast-check";
import { expect, test } from "vitest";
import { largest } from "./fit";

test("it is the largest that fits, and the least when none does", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 60 }),
      fc.nat(40),
      fc.integer({ min: -10, max: 120 }),
      (least, more, limit) => {
        const expected = Math.min(Math.max(limit, least), least + more);
        expect(largest(least, least + more, (size) => size <= limit)).toBe(expected);
      },
    ),
  );
});

test("few sizes are tried: each costs a layout", () => {
  let tried = 0;
  largest(24, 56, (size) => (tried++, size <= 41));
  expect(tried).toBeLessThan(7);
});
