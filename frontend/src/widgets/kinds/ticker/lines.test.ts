import { expect, test } from "vitest";
import type { PublicEvent } from "../../audience.svelte";
import { ranking } from "../supporters/ranking";
import { lines, turn, type TickerSettings } from "./lines";

const SETTINGS = {
  messages: " Free shipping | | Ask by number ",
  show_product: true,
  show_goal: true,
  show_latest: true,
  latest: 2,
  product_label: "{number} {product} {price}",
  goal_label: "{title}: {value} of {target}, {left} left",
  follow_label: "{name} follows",
  subscription_label: "",
  gift_label: "{name} gave {count} gifts",
  donation_label: "{name} donated {amount}",
  raid_label: "{name} raided with {count}",
  order_label: "Just sold: {item}",
  nobody: "Somebody",
} as TickerSettings;
const NOTHING = { product: null, goal: undefined, latest: [] };
const event = (kind: PublicEvent["kind"], more: Partial<PublicEvent> = {}): PublicEvent => ({
  id: 1,
  platform: "twitch",
  kind,
  at: "2026-11-22T18:00:00Z",
  ...more,
});
/** Without the marks that keep a name in its place. */
const texts = (known: Parameters<typeof lines>[1], settings = SETTINGS) =>
  lines(settings, known).map(({ text }) => text.replace(/[\u2068\u2069]/g, ""));

test("one's own words, without empty ones", () => {
  expect(texts(NOTHING)).toEqual(["Free shipping", "Ask by number"]);
});

test("product, goal and the newest, each in its words", () => {
  const product = {
    number: 12,
    name: "Gold hoop earrings",
    short_name: "Hoops",
    original_price_cents: 3_900,
    sale_price_cents: 2_900,
    flash: null,
    currency: "USD",
    sold_out: false,
    image_url: null,
    image_srcset: null,
  };
  const goal = { title: "Lamp", counts: "donations", value: 1_250, target: 5_000, currency: "USD" };
  const latest = [
    event("donation", { user: { name: "Ana" }, amount: { value: 500, currency: "USD" } }),
    event("gift", { count: 20 }),
    event("follow", { user: { name: "Ben" } }),
  ];
  expect(texts({ product, goal, latest }, { ...SETTINGS, messages: "" })).toEqual([
    "12 Hoops $29",
    "Lamp: $12.50 of $50, $37.50 left",
    "Ana donated $5",
    "Somebody gave 20 gifts",
  ]);
});

test("who ordered is not named, and an order of nothing is not told", () => {
  const latest = [event("order", { detail: { item: "Hoops" } }), event("order"), event("subscription")];
  expect(texts({ ...NOTHING, latest }, { ...SETTINGS, messages: "", latest: 3 })).toEqual([
    "Just sold: Hoops",
  ]);
});

test("a name in another script does not turn what stands around it", () => {
  const [line] = lines(
    { ...SETTINGS, messages: "" },
    { ...NOTHING, latest: [event("follow", { user: { name: "نور" } })] },
  );
  expect(line?.text).toBe("\u2068نور\u2069 follows");
});

test("a turn fills the box, and a long one stands once", () => {
  const said = [{ text: "Ten signs.", kind: "own" as const }];
  expect(turn(said, 100)).toHaveLength(8);
  expect(turn(said, 5)).toHaveLength(1);
  expect(turn(said, 1e9).length).toBeLessThanOrEqual(40);
  expect(turn([], 100)).toEqual([]);
});

test("two supporters of one name are two", () => {
  const ana = { name: "Ana", platform: "twitch", value: 500, currency: "USD" };
  const placed = ranking(
    [ana, { ...ana, value: 300 }, { ...ana, platform: "kick", currency: "", value: 3 }],
    5,
  );
  expect(new Set(placed.map(({ key }) => key)).size).toBe(3);
  expect(placed.map(({ place, given }) => [place, given])).toEqual([
    [1, "$5"],
    [2, "$3"],
    [3, "3"],
  ]);
  expect(ranking([ana, ana], 1)).toHaveLength(1);
});
