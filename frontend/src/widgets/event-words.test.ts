import { expect, it } from "vitest";
import { sentence, spoken, wordsOf, type Told } from "./event-words";

const event = (more: Partial<Told>): Told => ({
  platform: "tiktok",
  kind: "donation",
  user: { name: "Mia" },
  ...more,
});
const plain = (template: string, one: Told) =>
  sentence(template, one)
    .map(({ text }) => text)
    .join("");

it("names who and what, and lets both stand out", () => {
  const gift = event({ kind: "gift", count: 5, detail: { item: "Rose" } });
  expect(sentence("{name} gives {count} × {item}", gift)).toEqual([
    { text: "Mia", strong: true },
    { text: " gives ", strong: false },
    { text: "5", strong: true },
    { text: " × ", strong: false },
    { text: "Rose", strong: true },
  ]);
});

it("has a word for everybody and everything", () => {
  expect(
    plain("{name} gives {amount}", event({ user: null, amount: { value: 2500, currency: "USD" } })),
  ).toBe("Somebody gives $25.00");
  expect(plain("{name}", event({ detail: { is_anonymous: true } }))).toBe("Somebody");
  expect(plain("{count} {item}", event({ kind: "gift" }))).toBe("1 subscription");
  expect(wordsOf(event({}))["platform"]).toBe("TikTok");
});

it("leaves a mistyped word to be seen, and a name that looks like one alone", () => {
  expect(plain("{nmae} follows", event({}))).toBe("{nmae} follows");
  expect(plain("{name} follows", event({ user: { name: "{amount}" } }))).toBe("{amount} follows");
});

it("is read aloud without what nobody wants to hear", () => {
  const loud = event({
    text: "soooooooo good good good good good!!!!!!! see https://evil.example/x  now 1000000",
  });
  expect(spoken("{name} gives", loud, 200)).toBe("Mia gives. soo good good!! see now 1000000");
  expect(spoken("{name}", event({ text: "a ".repeat(400) }), 20)).toBe("Mia. a a");
  expect([...spoken("{name}", event({ text: "ab cd ".repeat(99) }), 20)].length).toBeLessThanOrEqual(21);
});
