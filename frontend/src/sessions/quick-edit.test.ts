import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Refused } from "../live/channel";
import { QuickEdit, type Field, type FieldName } from "./quick-edit.svelte";
import { item as sample } from "./samples";
import type { Item, OwnValues } from "./types";

const product = { original_price_cents: 2990, sale_price_cents: null, talking_points_md: "- Warm gold" };
let items: readonly Item[];
let panel: QuickEdit;
let saves: { itemId: number; changes: Partial<OwnValues> }[];
let answer: (() => Promise<Refused | undefined>) | undefined;
const by = new Map<number, string>();

beforeEach(() => {
  vi.useFakeTimers();
  items = [1, 2, 3].map((id) => sample({ id, name: `Gold hoops ${id}`, overridden: [], ...product }));
  saves = [];
  answer = undefined;
  by.clear();
  // A server in a few lines: it keeps what it is given, and its news come before its answer is told.
  panel = new QuickEdit(async (itemId, changes) => {
    saves.push({ itemId, changes });
    const refused = await answer?.();
    if (!refused) change(itemId, changes);
    return refused;
  });
  tell();
  panel.open(items[0]!, "USD");
});

afterEach(() => vi.useRealTimers());

const tell = ({ fresh = true, onAir = 1 } = {}) => panel.follow(items, fresh, onAir, by);
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

function change(itemId: number, changes: Partial<OwnValues>): void {
  items = items.map((one) => {
    if (one.id !== itemId) return one;
    const own = {
      ...Object.fromEntries((one.overridden ?? []).map((name) => [name, one[name as FieldName]])),
    };
    for (const [name, value] of Object.entries(changes)) {
      delete own[name];
      if (value !== null && name !== "planned_seconds") own[name] = value;
    }
    const planned_seconds = "planned_seconds" in changes ? changes.planned_seconds! : one.planned_seconds;
    return { ...one, ...product, ...own, planned_seconds, overridden: Object.keys(own) } as Item;
  });
  tell();
}

const field = (name: FieldName): Field => panel.edit!.fields.find(({ kind }) => kind.name === name)!;
const refuse =
  (message: string, reason = "invalid_price") =>
  () =>
    Promise.resolve(new Refused({ reason, message }));

function type(name: FieldName, text: string): Field {
  const one = field(name);
  one.focus();
  one.type(text);
  return one;
}

test("it opens with what the line has, in the words people type", () => {
  expect(panel.edit!.title).toBe("1 · Gold hoops 1");
  expect(panel.edit!.fields.map(({ text }) => text)).toEqual(["- Warm gold", "29.90", "", ""]);
  expect(panel.edit!.unsaved).toBe(false);
});

test("a text is saved 600 ms after the last key, once", async () => {
  type("talking_points_md", "- Warm gol");
  await pass(400);
  type("talking_points_md", "- Warm gold, 14k");
  await pass(599);
  expect(saves).toEqual([]);
  await pass(1);
  expect(saves).toEqual([{ itemId: 1, changes: { talking_points_md: "- Warm gold, 14k" } }]);
  expect([field("talking_points_md").state, panel.edit!.unsaved]).toEqual(["saved", false]);
});

test("leaving a field saves at once, and writes the price as the house does", async () => {
  const price = type("sale_price_cents", "24,9");
  price.leave();
  expect(price.state).toBe("saving");
  await pass();
  expect(saves).toEqual([{ itemId: 1, changes: { sale_price_cents: 2490 } }]);
  expect([price.text, price.own, price.state]).toEqual(["24.90", true, "saved"]);
});

test("what is typed on is not rewritten under the cursor", async () => {
  const price = type("sale_price_cents", "24");
  await pass(600);
  expect([saves.length, price.text]).toEqual([1, "24"]);
  price.leave();
  expect([saves.length, price.text]).toEqual([1, "24.00"]);
});

test("the same value typed in other words is no change", async () => {
  type("original_price_cents", "$29,90").leave();
  await pass(600);
  expect([saves, field("original_price_cents").text]).toEqual([[], "29.90"]);
});

test.each([
  ["sale_price_cents", "12 off", "Invalid price format"],
  ["sale_price_cents", "0", "Price must be positive"],
  ["planned_seconds", "5", "Type minutes and seconds, such as 4:30"],
] as const)("%s of %j is refused in a sentence, and the text stays", async (name, text, sentence) => {
  const one = type(name, text);
  await pass(600);
  one.leave();
  expect([one.problem, one.text, saves]).toEqual([sentence, text, []]);
});

test("a refusal of the server stands at the field, and nothing typed is lost", async () => {
  answer = refuse("The sale price is above the original price", "sale_above_original");
  const sale = type("sale_price_cents", "45");
  sale.leave();
  await pass();
  expect([sale.problem, sale.text, sale.state]).toEqual([
    "The sale price is above the original price",
    "45",
    "",
  ]);
  expect([panel.close(), panel.edit?.unsaved]).toEqual([false, true]);
});

test("a price that was refused is tried again once the other price was saved", async () => {
  answer = refuse("The sale price is above the original price", "sale_above_original");
  type("sale_price_cents", "45").leave();
  await pass();
  answer = undefined;
  type("original_price_cents", "50").leave();
  await pass();
  expect(items[0]).toMatchObject({ original_price_cents: 5000, sale_price_cents: 4500 });
  expect([field("sale_price_cents").problem, panel.edit!.unsaved]).toEqual(["", false]);
});

test("one click goes back to the product's", async () => {
  type("original_price_cents", "35").leave();
  await pass();
  const one = field("original_price_cents");
  expect(one.own).toBe(true);
  one.goBack();
  await pass();
  expect(saves.at(-1)).toEqual({ itemId: 1, changes: { original_price_cents: null } });
  expect([one.text, one.own, panel.edit!.unsaved]).toEqual(["29.90", false, false]);
});

test("a field that is emptied goes back to the product's, and fills when it is left", async () => {
  type("original_price_cents", "35").leave();
  await pass();
  const one = type("original_price_cents", "");
  await pass(600);
  expect([saves.at(-1)?.changes, one.text]).toEqual([{ original_price_cents: null }, ""]);
  one.leave();
  expect([one.text, saves.length]).toEqual(["29.90", 2]);
});

test("an emptied field of a line without a value of its own saves nothing", async () => {
  const one = type("talking_points_md", "");
  one.leave();
  await pass(600);
  expect([saves, one.text]).toEqual([[], "- Warm gold"]);
});

test("a planned time is typed as minutes and seconds", async () => {
  type("planned_seconds", "4:30").leave();
  await pass();
  expect([items[0]!.planned_seconds, field("planned_seconds").own]).toEqual([270, true]);
});

test("a colleague's change is followed where nothing is typed", () => {
  change(1, { sale_price_cents: 1990 });
  expect([field("sale_price_cents").text, field("sale_price_cents").theirs]).toEqual(["19.90", undefined]);
});

test("a colleague's change of what is being typed asks for a choice, and nothing is saved over it", async () => {
  const one = type("talking_points_md", "- Mine");
  by.set(1, "Mia");
  change(1, { talking_points_md: "- Hers" });
  expect([one.text, one.theirs]).toEqual(["- Mine", { value: "- Hers", by: "Mia" }]);
  await pass(5000);
  one.leave();
  await pass();
  expect([saves, panel.close()]).toEqual([[], false]);
});

test.each(["mine", "theirs"])("of two texts %s may be kept", async (choice) => {
  const one = type("talking_points_md", "- Mine");
  change(1, { talking_points_md: "- Hers" });
  if (choice === "mine") one.keepMine();
  else one.takeTheirs();
  await pass();
  const kept = choice === "mine" ? "- Mine" : "- Hers";
  expect([items[0]!.talking_points_md, one.text, one.theirs, panel.edit!.unsaved]).toEqual([
    kept,
    kept,
    undefined,
    false,
  ]);
});

test("a colleague who types the same is no conflict, and one who takes it back ends it", async () => {
  const one = type("sale_price_cents", "20");
  change(1, { sale_price_cents: 2000 });
  expect([one.theirs, panel.edit!.unsaved]).toEqual([undefined, false]);
  type("sale_price_cents", "21");
  change(1, { sale_price_cents: 2200 });
  expect(one.theirs?.value).toBe(2200);
  change(1, { sale_price_cents: 2000 });
  expect(one.theirs).toBe(undefined);
  await pass(600);
  expect(items[0]!.sale_price_cents).toBe(2100);
});

test("a change of another field is no conflict", async () => {
  type("talking_points_md", "- Mine");
  change(1, { sale_price_cents: 1990 });
  await pass(600);
  expect(items[0]).toMatchObject({ talking_points_md: "- Mine", sale_price_cents: 1990 });
});

test("while the network is away the text stays and says so, and is saved once when it is back", async () => {
  tell({ fresh: false });
  const one = type("sale_price_cents", "20");
  await pass(600);
  expect([one.state, one.text, saves]).toEqual(["waiting", "20", []]);
  tell();
  await pass();
  expect([saves.length, items[0]!.sale_price_cents, one.state]).toEqual([1, 2000, "saved"]);
});

test("what a colleague did while the network was away is not overwritten", async () => {
  tell({ fresh: false });
  const one = type("sale_price_cents", "20");
  await pass(600);
  items = items.map((item) =>
    item.id === 1 ? { ...item, sale_price_cents: 1500, overridden: ["sale_price_cents"] } : item,
  );
  tell();
  await pass(600);
  expect([saves, one.theirs?.value, one.text]).toEqual([[], 1500, "20"]);
});

test("a save that nobody answered is made again when the network is back", async () => {
  answer = refuse("The server did not answer. It is not certain that this was done.", "timeout");
  const one = type("sale_price_cents", "20");
  await pass(600);
  expect(one.problem).toContain("not certain");
  answer = undefined;
  tell({ fresh: false });
  tell();
  await pass();
  expect([items[0]!.sale_price_cents, one.problem]).toEqual([2000, ""]);
});

test("what is typed while a save is on its way is saved behind it", async () => {
  let free = () => {};
  answer = () => new Promise((resolve) => (free = () => resolve(undefined)));
  const one = type("talking_points_md", "- One");
  await pass(600);
  type("talking_points_md", "- One, two");
  await pass(600);
  expect(saves).toHaveLength(1);
  answer = undefined;
  free();
  await pass(600);
  expect([items[0]!.talking_points_md, one.text]).toEqual(["- One, two", "- One, two"]);
});

test("when the show moves on the edit is saved at once and keeps its line", async () => {
  type("sale_price_cents", "20");
  tell({ onAir: 2 });
  await pass();
  expect(saves).toEqual([{ itemId: 1, changes: { sale_price_cents: 2000 } }]);
  expect(panel.edit!.title).toBe("1 · Gold hoops 1");
});

test("another line's edit puts an unsaved one away, and coming back finds it as it was", async () => {
  type("sale_price_cents", "12 off");
  panel.open(items[1]!, "USD");
  expect(panel.kept.map(({ title }) => title)).toEqual(["1 · Gold hoops 1"]);
  expect(panel.unsaved).toBe(true);
  panel.open(items[0]!, "USD");
  expect([field("sale_price_cents").text, panel.kept]).toEqual(["12 off", []]);
});

test("closing saves, and what was put away is forgotten once it was saved", async () => {
  type("sale_price_cents", "20");
  expect(panel.close()).toBe(true);
  expect([panel.edit, panel.kept.length]).toEqual([undefined, 1]);
  await pass();
  tell();
  expect([items[0]!.sale_price_cents, panel.kept, panel.unsaved]).toEqual([2000, [], false]);
});

test("a line that was taken out is said, and its text stays", () => {
  type("talking_points_md", "- Mine");
  items = items.slice(1);
  tell();
  expect([panel.edit!.gone, field("talking_points_md").text]).toEqual([true, "- Mine"]);
});

test("a line with its own number and name keeps its title up to date", () => {
  items = items.map((one) => ({ ...one, position: one.position + 9 }));
  tell();
  expect(panel.edit!.title).toBe("10 · Gold hoops 1");
});
