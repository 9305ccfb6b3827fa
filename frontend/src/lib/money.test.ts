import fc from "fast-check";
import { expect, test } from "vitest";
import { money } from "./money";

test.each([
  [4999, "USD", "$49.99"],
  [0, "USD", "$0.00"],
  [5, "USD", "$0.05"],
  [123456789, "USD", "$1,234,567.89"],
  [4999, "EUR", "€49.99"],
  [4999, "JPY", "¥4,999"],
  [4999, "KWD", "KWD 4.999"],
])("%i of %s is %s", (cents, currency, expected) =>
  expect(money(cents, currency).replace(/\u00a0/g, " ")).toBe(expected),
);

test("no cent is lost or won", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (cents) => {
      expect(Number(money(cents, "USD").replace(/[^0-9]/g, ""))).toBe(cents);
    }),
  );
});
