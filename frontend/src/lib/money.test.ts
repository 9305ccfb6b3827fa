import fc from "fast-check";
import { expect, test } from "vitest";
import { amount, money, readAmount } from "./money";

test.each([
  [4999, "USD", "$49.99"],
  [0, "USD", "$0.00"],
  [5, "USD", "$0.05"],
  [123456789, "USD", "$1,234,567.89"],
  [4999, "EUR", "€49.99"],
  [4999, "JPY", "¥4,999"],
  [4999, "KWD", "KWD 4.999"],
  [499000, "HUF", "Ft 4,990.00"],
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

test.each([
  ["29.90", "USD", 2990],
  ["29,90", "USD", 2990],
  ["29,9", "USD", 2990],
  ["$29.90", "USD", 2990],
  ["29.90 usd", "USD", 2990],
  ["USD 30", "USD", 3000],
  ["29,90 €", "EUR", 2990],
  ["1,299", "USD", 129900],
  ["$1,299.00", "USD", 129900],
  ["1 299.5", "USD", 129950],
  ["1’299.50", "CHF", 129950],
  [".5", "USD", 50],
  ["0.05", "USD", 5],
  ["¥4,999", "JPY", 4999],
  ["4.999", "KWD", 4999],
  ["4990", "HUF", 499000],
])("%j in %s is %i", (typed, currency, expected) =>
  expect(readAmount(typed, currency)).toEqual({ value: expected }),
);

test.each([
  ["1.299,00", "USD", "Invalid price format: use a point for decimals, such as 1299.00"],
  ["29,90", "JPY", "Invalid price format: use a point for decimals, such as 1299.00"],
  ["29.999", "USD", "Invalid price format"],
  ["1,29,900", "USD", "Invalid price format: use a point for decimals, such as 1299.00"],
  ["12,3456", "USD", "Invalid price format"],
  ["€29.90", "USD", "Invalid price format"],
  ["4999¢", "USD", "Invalid price format"],
  ["10 off", "USD", "Invalid price format"],
  ["29.90-39.90", "USD", "Invalid price format"],
  ["1729000000000000000", "USD", "Invalid price format"],
  ["$", "USD", "Invalid price format"],
  [".", "USD", "Invalid price format"],
  ["0", "USD", "Price must be positive"],
  ["0.00", "USD", "Price must be positive"],
  ["-5", "USD", "Price must be positive"],
  ["$-5.00", "USD", "Price must be positive"],
])("%j in %s is refused: %s", (typed, currency, problem) =>
  expect(readAmount(typed, currency)).toEqual({ problem }),
);

test("a price in a field, as it stands there and as it is shown, reads back as it was", () => {
  const currencies = fc.constantFrom("USD", "EUR", "JPY", "KWD", "HUF", "IQD", "CHF", "SEK");
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999_999 }), currencies, (cents, currency) => {
      expect(readAmount(amount(cents, currency), currency)).toEqual({ value: cents });
      expect(readAmount(money(cents, currency), currency)).toEqual({ value: cents });
    }),
  );
});
