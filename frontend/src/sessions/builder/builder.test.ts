import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LiveSocket } from "../../live/connection";
import { FakeServer, type Push } from "../../testing/fake-server";
import { facts, item, live, meta, state } from "../samples";
import { SessionStore } from "../session.svelte";
import type { Item } from "../types";
import { Builder, SessionFields } from "./builder.svelte";

const STATE = "session:1:state";
const META = "session:1:meta";
let server: FakeServer;
let socket: LiveSocket;
let version: number;

beforeEach(() => {
  vi.useFakeTimers();
  version = 10;
  server = new FakeServer();
  server.snapshots[STATE] = { ...state({ version, lineup_version: version }) };
  server.snapshots[META] = { ...meta(4, version) };
});

afterEach(() => {
  socket.socket.disconnect();
  vi.useRealTimers();
});

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

async function opened(): Promise<Builder> {
  const store = new SessionStore();
  socket = server.connect();
  store.follow(socket, 1);
  store.crew = { me: 7, nameOf: (id) => (id === 8 ? "Ada" : undefined) };
  const builder = new Builder(store);
  await pass();
  flushSync();
  builder.selection.follow(store.items.map(({ id }) => id));
  return builder;
}

/** The server's news: these lines are so now, those are gone. */
function news(kind: string, items: Item[], removed: number[] = [], actor_id = 7): void {
  const previous = version;
  version += 1;
  server.broadcast(STATE, "state_changed", { ...live({ version, lineup_version: version, kind, actor_id }) });
  server.broadcast(META, "lineup_changed", { version, previous, items, removed });
}

const last = (): Push => server.pushes.at(-1)!;
const asked = () => {
  const { op_id: _, ...payload } = last().payload;
  return [last().event, payload];
};

test("products go behind the line at hand, and the next behind them", async () => {
  const builder = await opened();
  builder.selection.to(2);
  const done = builder.add([201, 202]);
  await pass();
  expect(asked()).toEqual(["add_items", { product_ids: [201, 202], to_index: 2 }]);
  news("add_items", [
    item({ id: 8, product_id: 201, position: 3 }),
    item({ id: 9, product_id: 202, position: 4 }),
  ]);
  server.reply(last(), { version });
  await pass();
  expect(await done).toBeUndefined();
  expect([builder.selection.at, builder.toast?.text, builder.toast?.version]).toEqual([
    9,
    "Added 2 products",
    11,
  ]);
});

test("without a line at hand they go to the end", async () => {
  const builder = await opened();
  void builder.add([201], true);
  await pass();
  expect(asked()).toEqual(["add_items", { product_ids: [201], to_index: 4, again: true }]);
});

test("what is in the lineup already is said where it was asked, and not as a failure", async () => {
  const builder = await opened();
  const done = builder.add([101]);
  await pass();
  server.reply(last(), { reason: "already_in_lineup", message: "Already in the lineup as 1" }, "error");
  expect(await done).toBe("Already in the lineup as 1");
  expect(builder.store.commands.failures).toEqual([]);
});

test("what is taken out can be had back by its own undo, whatever was done since", async () => {
  const builder = await opened();
  builder.selection.to(2);
  builder.selection.extendTo(3);
  const done = builder.remove();
  await pass();
  expect(asked()).toEqual(["remove_items", { item_ids: [2, 3] }]);
  news("remove_items", [], [2, 3]);
  server.reply(last(), { version: 11 });
  await pass();
  await done;
  expect(builder.toast).toEqual({ text: "Took out 2 products", version: 11 });
  void builder.takeBack();
  await pass();
  expect(asked()).toEqual(["undo", { version: 11 }]);
});

test("two steps follow one another, each from where the one before has led", async () => {
  const builder = await opened();
  builder.selection.to(1);
  void builder.move(1);
  void builder.move(1);
  await pass();
  expect(server.pushes.filter(({ event }) => event === "move_items")).toHaveLength(1);
  expect(asked()).toEqual(["move_items", { item_ids: [1], to_index: 1 }]);
  news("move_items", [item({ id: 1, position: 2 }), item({ id: 2, position: 1 })]);
  server.reply(last(), { version });
  await pass();
  expect(asked()).toEqual(["move_items", { item_ids: [1], to_index: 2 }]);
  expect(builder.spoken).toBe("Moved Product 1 to place 2 of 4");
});

test("a section begins at a line and goes on to the end of the one it was in", async () => {
  const builder = await opened();
  builder.naming = { from: 3 };
  void builder.name(" Gold ");
  await pass();
  expect(asked()).toEqual(["override_items", { item_ids: [3, 4], changes: { section: "Gold" } }]);
  expect(builder.naming).toBeUndefined();
});

test("a section is renamed with all its lines, in one change", async () => {
  server.snapshots[META] = {
    ...meta(4, version),
    items: [1, 2, 3].map((id) => item({ id, section: "Gold" })),
  };
  const builder = await opened();
  builder.naming = { key: builder.runs[0]!.key };
  void builder.name("Silver");
  await pass();
  expect(asked()).toEqual(["override_items", { item_ids: [1, 2, 3], changes: { section: "Silver" } }]);
});

test("what is folded is not gone through, and a number in it opens it", async () => {
  server.snapshots[META] = {
    ...meta(4, version),
    items: [item({ id: 1 }), item({ id: 2, section: "Gold" }), item({ id: 3, section: "Gold" })],
  };
  const builder = await opened();
  builder.fold(builder.runs[1]!);
  expect(builder.entries.map(({ key }) => key)).toEqual(["1", builder.runs[1]!.key]);
  builder.goTo(builder.store.items[2]!);
  expect([builder.entries.length, builder.selection.at]).toEqual([4, 3]);
});

test("skipping turns off only when all that are picked are skipped", async () => {
  server.snapshots[META] = { ...meta(4, version), items: [item({ id: 1, skipped: true }), item({ id: 2 })] };
  const builder = await opened();
  builder.selection.all();
  void builder.toggleSkipped();
  await pass();
  expect(asked()).toEqual(["override_items", { item_ids: [1, 2], changes: { skipped: true } }]);
});

test("only lines with values of their own are reverted", async () => {
  const own = item({ id: 2, overridden: ["name"], name: "Hoops" });
  server.snapshots[META] = { ...meta(4, version), items: [item({ id: 1 }), own] };
  const builder = await opened();
  builder.selection.all();
  void builder.revert();
  await pass();
  expect(asked()).toEqual(["revert_items", { item_ids: [2] }]);
});

test("what a colleague does to the lineup is told, what they type is not", async () => {
  const builder = await opened();
  news("override_item", [item({ id: 1, name: "Hoops" })], [], 8);
  await pass();
  expect(builder.toast).toBeUndefined();
  news(
    "add_items",
    [item({ id: 30, position: 2 }), item({ id: 31, position: 3 }), item({ id: 2, position: 4 })],
    [],
    8,
  );
  await pass();
  expect(builder.toast).toEqual({ text: "Ada added 2 products" });
  news("remove_items", [], [30], 8);
  await pass();
  expect(builder.toast?.text).toBe("Ada took 1 product out");
});

test("when a colleague takes out the line at hand, the next one is", async () => {
  const builder = await opened();
  builder.selection.to(2);
  news("remove_items", [], [2], 8);
  await pass();
  builder.selection.follow(builder.store.items.map(({ id }) => id));
  expect([builder.selection.at, [...builder.selection.picked]]).toEqual([3, [3]]);
});

test("from nowhere the keys begin at the end they come from; Home and End are where they say", async () => {
  const builder = await opened();
  const first = (by: number) => {
    builder.selection.none();
    builder.selection.step(by, false);
    return builder.selection.at;
  };
  expect([1, -1, -Infinity, Infinity].map(first)).toEqual([1, 4, 1, 4]);
});

test("shift picks from where one began, and back again", async () => {
  const { selection } = await opened();
  selection.to(2);
  selection.step(1, true);
  selection.step(1, true);
  expect([...selection.picked]).toEqual([2, 3, 4]);
  selection.step(-1, true);
  expect([...selection.picked]).toEqual([2, 3]);
  selection.toggle(1);
  expect([...selection.picked].toSorted()).toEqual([1, 2, 3]);
  expect(selection.single()).toBe(true);
  expect([...selection.picked]).toEqual([1]);
});

test("the session's own fields save themselves, and empty notes are a text", async () => {
  const sent: unknown[] = [];
  const fields = new SessionFields(async (change) => void sent.push(change));
  const session = { ...facts, notes: "Ask Ada", duration_minutes: 180, scheduled_at: null };
  fields.follow(session, true);
  fields.field("notes")!.type("");
  await fields.field("notes")!.flush();
  fields.field("duration_minutes")!.type("2:30");
  await fields.field("duration_minutes")!.flush();
  fields.field("scheduled_at")!.type("2026-11-27T18:00");
  await fields.field("scheduled_at")!.flush();
  fields.field("name")!.type("  ");
  await fields.field("name")!.flush();
  const at = new Date(2026, 10, 27, 18).toISOString().replace(".000Z", "+00:00");
  expect(sent).toEqual([{ notes: "" }, { duration_minutes: 150 }, { scheduled_at: at }]);
  expect(fields.field("name")!.problem).toBe("A session needs a name");
});

test("what is typed without a connection is kept and saved when it is back", async () => {
  const sent: unknown[] = [];
  const fields = new SessionFields(async (change) => void sent.push(change));
  const session = { ...facts, notes: "", duration_minutes: 180, scheduled_at: null };
  fields.follow(session, true);
  fields.follow(session, false);
  fields.field("notes")!.type("Bring the mirror");
  await pass(1000);
  expect([sent, fields.field("notes")!.state]).toEqual([[], "waiting"]);
  fields.follow({ ...session, wrap: true }, true);
  await pass(1000);
  expect(sent).toEqual([{ notes: "Bring the mirror" }]);
});
