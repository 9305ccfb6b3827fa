import fc from "fast-check";
import { expect, test } from "vitest";
import { readTime, writeTime } from "./planned-time";

test.each([
  ["4:30", 270],
  [" 0:45 ", 45],
  ["90:00", 5400],
  ["1:01:40", 3700],
  ["24:00:00", 86400],
])("%j is %i seconds", (typed, seconds) => expect(readTime(typed)).toEqual({ value: seconds }));

test.each(["", "5", "90", "4:3", "4:60", "1:60:00", "1:5:00", "-1:00", "4.30", "four", "1:00:00:00"])(
  "%j is refused, not guessed at",
  (typed) => expect(readTime(typed)).toEqual({ problem: "Type minutes and seconds, such as 4:30" }),
);

test.each(["0:00", "24:00:01", "99:00:00"])("%j is no time for a product", (typed) =>
  expect(readTime(typed)).toHaveProperty("problem", expect.stringContaining("24 hours")),
);

test("what is written reads back as it was", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 86400 }), (seconds) => {
      expect(readTime(writeTime(seconds))).toEqual({ value: seconds });
    }),
  );
});
