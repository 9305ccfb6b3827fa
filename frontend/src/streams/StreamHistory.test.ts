import { expect, test } from "vitest";
import { minuteOf, spoken, type History } from "./StreamHistory";

const history: History = {
  minutes: [1_795_000_000, 1_795_000_060],
  viewers: [1312, null],
  platforms: [
    { name: "Twitch", viewers: [1000, null] },
    { name: "YouTube", viewers: [312, null] },
  ],
  messages: [1, 24],
};

test("the chart is said in words", () => {
  expect(spoken(history)).toBe(
    "At most 1312 watched. At most 24 messages were written in a minute. The table below has the numbers.",
  );
  expect(spoken({ minutes: [], viewers: [], platforms: [], messages: [] })).toContain("No platform told");
});

test("a minute is said with what is known of it", () => {
  expect(minuteOf(history, 0, "en", "UTC")).toBe(
    "11:06 AM · 1,312 viewers (Twitch 1,000, YouTube 312) · 1 message",
  );
  expect(minuteOf(history, 1, "en", "UTC")).toBe("11:07 AM · viewers not known · 24 messages");
});

test("one platform alone is not said twice", () => {
  const alone = { ...history, platforms: history.platforms.slice(0, 1) };
  expect(minuteOf(alone, 0, "en", "UTC")).toBe("11:06 AM · 1,312 viewers · 1 message");
});
