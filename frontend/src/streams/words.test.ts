import fc from "fast-check";
import { expect, test } from "vitest";
import { activityRows } from "./activity";
import { ago, amountInWords, duration, names } from "./amounts";
import { contrast, nameColor, READABLE } from "./colors";
import { feedInWords } from "./feeds";
import { lookOf } from "./platforms";
import { pieces, wanted } from "./pieces";
import { at, feed, message } from "./samples";
import type { Kind, StreamEvent } from "./types";

const GROUNDS = ["#0e0f11", "#1a1a1a", "#242528", "#21282f", "#303c4a"];
const byte = fc.integer({ min: 0, max: 255 });
const color = fc
  .tuple(byte, byte, byte)
  .map((parts) => `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`);

test("a name can be read in whatever color its owner chose", () => {
  fc.assert(
    fc.property(color, fc.string(), (chosen, name) => {
      for (const ground of GROUNDS)
        expect(contrast(nameColor(name, chosen), ground)).toBeGreaterThanOrEqual(READABLE);
    }),
  );
  // What can be read is left as it is.
  expect(nameColor("Ana", "#ffd000")).toBe("#ffd000");
});

test("who has no color has the same everywhere, and one that can be read; what is no color is none", () => {
  for (const name of ["Ana", "小林", "", "x".repeat(100)]) {
    expect(nameColor(name)).toBe(nameColor(name, "red; background: url(//evil)"));
    for (const ground of GROUNDS) expect(contrast(nameColor(name), ground)).toBeGreaterThanOrEqual(READABLE);
  }
});

test("the letter of a platform's mark stands out on its color", () => {
  const all =
    "twitch youtube kick tiktok tiktok_shop facebook instagram whatnot shopify simulator unheard_of";
  for (const platform of all.split(" "))
    expect(contrast("#1a1a1a", lookOf(platform).color)).toBeGreaterThanOrEqual(READABLE);
});

test("pictures come from where the page may load them; of every other emote its word is shown", () => {
  const emote = (image: string) => message(1, { fragments: [{ type: "emote", text: "LUL", image }] });
  const origins = ["https://cdn.example"];
  const shown = (image: string) => pieces(emote(image), origins)[0]!.is;
  expect(shown("https://cdn.example/1.png")).toBe("emote");
  for (const bad of [
    "http://cdn.example/1.png",
    "https://cdn.example.evil/1.png",
    "https://cdn.example@evil.example/1.png",
    "https://cdn.example:444/1.png",
    "javascript:alert(1)",
    "data:image/png;base64,AA",
    "//cdn.example/1.png",
    "",
  ])
    expect([bad, shown(bad)]).toEqual([bad, "text"]);
});

test("a filter shows what is pressed; what somebody marked counts as a question", () => {
  const talk = [
    message(1),
    message(2, { platform: "kick" }),
    message(3, { kind: "question" }),
    message(4, { kind: "system" }),
  ];
  const ids = (platforms: string[], kinds: ("chat" | "question" | "system")[]) =>
    wanted(talk, { platforms, kinds }, ({ id }) => id === 2).map(({ id }) => id);
  expect(ids([], [])).toEqual([1, 2, 3, 4]);
  expect(ids(["kick"], [])).toEqual([2]);
  expect(ids([], ["question"])).toEqual([2, 3]);
  expect(ids(["twitch"], ["question", "system"])).toEqual([3, 4]);
});

test("amounts are money, or a platform's own unit in words; what is neither breaks nothing", () => {
  expect(amountInWords({ value: 499, currency: "USD" })).toBe("$4.99");
  expect(amountInWords({ value: 500, currency: "JPY" })).toBe("¥500");
  expect(amountInWords({ value: 1, currency: "BITS" })).toBe("1 bit");
  expect(amountInWords({ value: 1_200, currency: "KICKS" })).toBe("1,200 kicks");
  expect(amountInWords({ value: 3, currency: "<b>" })).toBe("3 <b>");
});

test("times and lists of names are short", () => {
  expect([duration(131_000), duration(4 * 3_600_000 + 131_000), duration(-5)]).toEqual([
    "2:11",
    "4:02:11",
    "0:00",
  ]);
  expect([ago(3_000), ago(47_000), ago(130_000), ago(7_300_000)]).toEqual(["now", "40 s", "2 min", "2 h"]);
  expect([
    names(["Ana"]),
    names(["Ana", "Ben"]),
    names(["Ana", "Ben", "Cid"]),
    names(["Ana", "Ben"], 14),
  ]).toEqual(["Ana", "Ana and Ben", "Ana, Ben and 1 other", "Ana, Ben and 12 others"]);
});

const happened = (id: number, kind: Kind, more: Partial<StreamEvent> = {}) =>
  message(id, { kind, text: "", ...more });
const told = (event: StreamEvent) => {
  const [row] = activityRows([event], 10);
  return [row!.who, row!.what, row!.worth].join(" | ");
};

test("what happened is told in words", () => {
  const user = { id: "1", name: "Ana" };
  expect(told(happened(1, "follow", { user }))).toBe("Ana | follows | ");
  expect(told(happened(1, "subscription", { user, detail: { tier: "2000", months: 7 } }))).toBe(
    "Ana | subscribes, 7 months now | Tier 2",
  );
  expect(told(happened(1, "gift", { user, count: 5, detail: { is_anonymous: true } }))).toBe(
    "Somebody | gives 5 subscriptions | ",
  );
  expect(
    told(
      happened(1, "gift", {
        user,
        count: 3,
        detail: { item: "Rose" },
        amount: { value: 3, currency: "COINS" },
      }),
    ),
  ).toBe("Ana | sends 3 × Rose | 3 coins");
  expect(told(happened(1, "donation", { user, amount: { value: 500, currency: "USD" } }))).toBe(
    "Ana | donates | $5.00",
  );
  expect(told(happened(1, "donation", { user, amount: { value: 100, currency: "BITS" } }))).toBe(
    "Ana | cheers | 100 bits",
  );
  expect(told(happened(1, "raid", { user, count: 1_204 }))).toBe("Ana | raids this stream | 1,204 viewers");
  const order = { count: 2, detail: { item: "Hoops" }, amount: { value: 4_998, currency: "USD" } };
  expect(told(happened(1, "order", { user, ...order }))).toBe("Ana | orders 2 × Hoops | $49.98");
  expect(told(happened(1, "order", { user: null, ...order }))).toBe("New order | 2 × Hoops | $49.98");
});

test("many likes and people coming in are one row each, though other things happen between", () => {
  const events = Array.from({ length: 300 }, (_, index) => {
    const id = 300 - index;
    const kind = (["like", "join", "like", "gift"] as const)[id % 4]!;
    return happened(id, id === 150 ? "raid" : kind === "gift" && id !== 3 ? "like" : kind, {
      at: at(id / 10),
      count: 2,
    });
  });
  const rows = activityRows(events, 50);
  expect(rows.map(({ kind }) => kind).sort()).toEqual(["gift", "join", "like", "raid"]);
  const likes = rows.find(({ kind }) => kind === "like")!;
  expect(likes.worth).toBe(`${2 * events.filter(({ kind }) => kind === "like").length} likes`);
  expect(likes.who).toMatch(/^viewer \d, viewer \d and 5 others$/);
  expect(rows.map(({ id }) => id)).toEqual(rows.map(({ id }) => id).sort((a, b) => b - a));
});

test("a few who follow are told one by one, a crowd is not, and a minute later it is another", () => {
  const follow = (id: number, seconds: number) => happened(id, "follow", { at: at(seconds) });
  expect(activityRows([follow(3, 4), follow(2, 2), follow(1, 0)], 50)).toHaveLength(3);
  const crowd = [7, 6, 5, 4, 3, 2, 1].map((id) => follow(id, id));
  expect(activityRows(crowd, 50).map(({ worth }) => worth)).toEqual(["7 follows"]);
  expect(activityRows([follow(9, 200), ...crowd], 50).map(({ id }) => id)).toEqual([9, 7]);
});

test("how a platform does is said in words", () => {
  const says = (status: Parameters<typeof feedInWords>[0]["status"], sentence = "") =>
    feedInWords(feed("twitch", { status, sentence })).words;
  expect(says("connected")).toBe("Connected");
  expect(says("reconnecting")).toBe("Reconnecting: Twitch does not answer");
  expect(says("reconnecting", "Twitch sends nothing.")).toBe("Reconnecting: Twitch sends nothing");
  expect(says("needs_you")).toBe("Needs you: sign in again");
  expect(says("needs_you", "Sign in again at Twitch.")).toBe("Needs you: sign in again at Twitch");
  expect(says("off")).toBe("Off");
});
