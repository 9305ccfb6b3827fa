/** One client and its server: every turn a change can take, and what others got wrong before. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryBrowser } from "./pending";
import { refusal, SimulatedServer } from "./testing/server";
import { Window } from "./testing/window";
import type { Delta, Logged } from "./types";

const pass = (milliseconds = 10) => vi.advanceTimersByTimeAsync(milliseconds);

let server: SimulatedServer;
let browser: MemoryBrowser;
const open = async (userId = 1, weather?: () => number | undefined) => {
  const window = new Window(server, browser, userId, weather);
  await pass();
  return window;
};
const updates = (window: Window) => window.wire.pushed.filter((push) => push.event === "update");
const here = (window: Window) => window.screen.text.plain();

/** A change of somebody else's, straight into the log. */
function other(change: Delta, base = server.version): void {
  server.update(9, { change, version: base, op_id: crypto.randomUUID() });
}

beforeEach(() => {
  vi.useFakeTimers();
  server = new SimulatedServer([{ insert: "hello\n" }]);
  browser = new MemoryBrowser();
});
afterEach(() => void vi.useRealTimers());

test("two who type at once lose nothing and say nothing twice", async () => {
  server = new SimulatedServer();
  const [mia, tom] = [await open(1), await open(2)];
  mia.type("Hello");
  tom.type("World");
  await pass(100);
  expect(here(mia)).toBe("HelloWorld\n");
  expect(here(tom)).toBe("HelloWorld\n");
});

test("a change and nothing else goes out: no document, no name", async () => {
  const mia = await open();
  mia.type("!", 5);
  await pass();
  expect(updates(mia)).toHaveLength(1);
  expect(updates(mia)[0]!.payload).toEqual({
    change: [{ retain: 5 }, { insert: "!" }],
    version: 0,
    op_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  });
});

test("what was missed is followed oldest first", async () => {
  const mia = await open();
  mia.wire.isCut = true;
  mia.wire.drop();
  mia.type("Z", 5);
  other([{ retain: 5 }, { insert: "!!!" }]);
  other([{ retain: 8 }, { insert: "??" }]);
  mia.wire.isCut = false;
  await pass(200);
  expect(here(mia)).toBe("hello!!!??Z\n");
  expect(server.text.plain()).toBe(here(mia));
});

test("a right that changed before one came in, or while the network was away, is told of", async () => {
  const mia = await open();
  const told: unknown[] = [];
  mia.client.onRight = (right, manages) => told.push([right, manages]);
  mia.wire.isCut = true;
  mia.wire.drop();
  server.right = "suggest";
  mia.wire.isCut = false;
  await pass(200);
  expect(told).toEqual([["suggest", false]]);
  expect(mia.client.right).toBe("suggest");
});

test("others' changes are shown as they follow one's own, and every one of them", async () => {
  const mia = await open();
  mia.wire.intercept = (event) => (event === "update" ? refusal("unavailable") : undefined);
  mia.type("1");
  await pass();
  mia.type("2");
  other([{ retain: 5 }, { insert: "a" }]);
  other([{ retain: 6 }, { insert: "b" }]);
  other([{ retain: 7 }, { insert: "c" }]);
  await pass();
  expect(here(mia)).toBe("21helloabc\n");
  mia.wire.intercept = undefined;
  await pass(1000);
  expect(server.text.plain()).toBe("21helloabc\n");
  expect(mia.client.saved).toEqual({ state: "saved", waiting: 0 });
});

test("an edit that is made while another's is shown is not lost", async () => {
  const mia = await open();
  const apply = mia.screen.apply.bind(mia.screen);
  mia.screen.apply = (change) => {
    apply(change);
    mia.screen.apply = apply;
    mia.type("mine ");
  };
  other([{ insert: "theirs " }]);
  await pass(200);
  expect(here(mia)).toBe("mine theirs hello\n");
  expect(server.text.plain()).toBe(here(mia));
});

test("one change is under way; what follows waits together, and never joins what was sent", async () => {
  const mia = await open(1, () => 50);
  await pass(200);
  for (const letter of "abc") mia.type(letter, -1);
  expect(mia.client.saved).toEqual({ state: "saving", waiting: 3 });
  await pass(10);
  mia.type("d", -1);
  await pass(300);
  expect(updates(mia).map((push) => push.payload.change)).toEqual([
    [{ retain: 5 }, { insert: "a" }],
    [{ retain: 6 }, { insert: "bcd" }],
  ]);
  const ids = updates(mia).map((push) => push.payload.op_id);
  expect(new Set(ids).size).toBe(2);
});

test("fast typing is sent at most every thirty milliseconds", async () => {
  const mia = await open(1, () => 1);
  for (let key = 0; key < 60; key += 1) {
    mia.type("x", -1);
    await pass(5);
  }
  await pass(100);
  expect(updates(mia).length).toBeLessThanOrEqual(12);
  expect(server.text.plain()).toBe(`hello${"x".repeat(60)}\n`);
});

test("a server with much to do is given time", async () => {
  const mia = await open();
  mia.wire.intercept = (event, payload) =>
    event === "update" ? { ...server.update(1, payload as never), retry_after_ms: 500 } : undefined;
  mia.type("a");
  await pass(50);
  mia.type("b");
  await pass(400);
  expect(updates(mia)).toHaveLength(1);
  await pass(200);
  expect(updates(mia)).toHaveLength(2);
});

test("a change whose answer was lost is sent again under its id, rewritten, and done once", async () => {
  const mia = await open();
  mia.type("A", 5);
  await pass(1);
  mia.wire.isCut = true;
  // It has arrived; the answer finds nobody.
  await pass(0);
  mia.wire.drop();
  other([{ insert: "T " }]);
  mia.type("B", 6);
  mia.wire.isCut = false;
  await pass(500);
  expect(server.text.plain()).toBe("T helloAB\n");
  expect(here(mia)).toBe("T helloAB\n");
  expect(new Set(server.log.map((entry) => entry.op_id)).size).toBe(server.log.length);
});

test("an answer that overtakes what came before it waits for it", async () => {
  const mia = await open();
  const held: Logged[] = [];
  const deliver = mia.wire.deliver.bind(mia.wire);
  mia.wire.deliver = (_, payload) => void held.push(payload as Logged);
  other([{ insert: "T " }]);
  mia.type("!", 5);
  await pass();
  expect(mia.client.version).toBe(0);
  expect(mia.client.saved.state).toBe("saving");
  for (const payload of held.reverse()) deliver("remote_update", payload);
  await pass();
  expect(mia.client.version).toBe(2);
  expect(here(mia)).toBe("T hello!\n");
});

test("a gap is asked for after a while, and filled", async () => {
  const mia = await open();
  const deliver = mia.wire.deliver.bind(mia.wire);
  mia.wire.deliver = () => {};
  other([{ insert: "1" }]);
  mia.wire.deliver = deliver;
  other([{ insert: "2" }]);
  await pass(350);
  expect(here(mia)).toBe("hello\n");
  await pass(100);
  expect(here(mia)).toBe("21hello\n");
  expect(mia.wire.pushed).toEqual([{ event: "since", payload: { from: 0 } }]);
});

test("what comes twice is shown once", async () => {
  const mia = await open();
  other([{ insert: "1" }]);
  const { sent: _, ...logged } = server.log[0]!;
  mia.wire.deliver("remote_update", logged);
  await pass();
  expect(here(mia)).toBe("1hello\n");
});

test("a change that is refused leaves the screen, is kept for its author, and takes nothing with it", async () => {
  const mia = await open();
  server.refuses = "bad";
  mia.edit([{ retain: 1 }, { insert: "bad" }, { delete: 2 }]);
  await pass(1);
  mia.type("good", -1);
  other([{ insert: "T " }]);
  await pass(300);
  expect(here(mia)).toBe("T hellogood\n");
  expect(server.text.plain()).toBe("T hellogood\n");
  expect(mia.client.rescued).toMatchObject([{ text: "bad", reason: "invalid_op" }]);
  expect(mia.client.undo()).toBe(false);
  await pass(300);
  mia.die();
  const again = await open();
  await pass(100);
  expect(again.client.rescued).toMatchObject([{ text: "bad" }]);
  again.client.dismiss(again.client.rescued[0]!.id);
  await pass();
  again.die();
  expect((await open()).client.rescued).toEqual([]);
});

test("too far behind for the server's memory: it catches up and sends again", async () => {
  server.tail = 2;
  const mia = await open();
  mia.wire.deliver = () => {};
  for (let change = 0; change < 5; change += 1) other([{ insert: "." }]);
  mia.type("!", 5);
  await pass(1000);
  expect(server.text.plain()).toBe(".....hello!\n");
  expect(here(mia)).toBe(".....hello!\n");
});

test("what can be put in its place no more is given back, and nothing is lost without a word", async () => {
  const mia = await open();
  mia.wire.isCut = true;
  mia.wire.drop();
  mia.type("offline ");
  for (let change = 0; change < 5; change += 1) other([{ insert: "." }]);
  server.floor = 3;
  mia.wire.isCut = false;
  await pass(500);
  expect(here(mia)).toBe(".....hello\n");
  expect(mia.client.rescued).toMatchObject([{ text: "offline ", reason: "too_old" }]);
  expect(mia.client.saved.state).toBe("saved");
});

test("what a server without the log has already is not given back as well", async () => {
  const mia = await open();
  mia.type("here ");
  await pass(1);
  mia.wire.isCut = true;
  mia.wire.drop();
  await pass(10);
  for (let change = 0; change < 5; change += 1) other([{ insert: "." }]);
  server.floor = 3;
  mia.wire.isCut = false;
  await pass(500);
  expect(here(mia)).toBe(".....here hello\n");
  expect(mia.client.rescued).toEqual([]);
});

test("a server that knows less is given time, and then believed; what was not sent is given back", async () => {
  const mia = await open();
  for (const letter of "abc") {
    mia.type(letter);
    await pass(50);
  }
  const { log, text } = server;
  server.log = log.slice(0, 1);
  server.text = text.apply([{ delete: 2 }]);
  mia.type("unsent ");
  await pass(600);
  expect(here(mia)).toBe("unsent cbahello\n");
  await pass(10_000);
  expect(here(mia)).toBe("ahello\n");
  expect(server.text.plain()).toBe("ahello\n");
  expect(mia.client.rescued).toMatchObject([{ text: "unsent ", reason: "version_ahead" }]);
});

test("a server that has just started and hears of the newest version late changes nothing on the screen", async () => {
  const mia = await open();
  for (const letter of "abc") {
    mia.type(letter);
    await pass(50);
  }
  const { log, text } = server;
  server.log = log.slice(0, 1);
  server.text = text.apply([{ delete: 2 }]);
  mia.wire.drop();
  mia.type("x");
  await pass(500);
  Object.assign(server, { log, text });
  await pass(2000);
  expect(here(mia)).toBe("xcbahello\n");
  expect(server.text.plain()).toBe("xcbahello\n");
  expect(mia.screen.resets).toBe(1);
});

test("a copy that went astray is noticed and loaded anew, with what was not sent", async () => {
  const mia = await open();
  mia.wire.intercept = (event) => (event === "update" ? refusal("unavailable") : undefined);
  mia.type("unsent ");
  mia.wire.deliver("checksum", { version: 0, crc: mia.client.checksum() });
  await pass();
  expect(mia.client.healed).toBe(0);
  const told: unknown[] = [];
  mia.wire.tell = (...what: unknown[]) => void told.push(what);
  const own = mia.client.checksum();
  mia.wire.deliver("checksum", { version: 0, crc: 1 });
  await pass(100);
  expect(told).toContainEqual(["diverged", { version: 0, crc: own }]);
  mia.wire.intercept = undefined;
  await pass(1000);
  expect(mia.client.healed).toBe(1);
  expect(server.text.plain()).toBe("unsent hello\n");
  expect(here(mia)).toBe("unsent hello\n");
});

test("after a reload of the page what was under way is done once, and what waited is done too", async () => {
  const mia = await open();
  mia.type("A");
  await pass(1);
  mia.type("B");
  await pass(0);
  mia.die();
  other([{ retain: server.text.length - 1 }, { insert: " T" }]);
  const again = await open();
  await pass(300);
  expect(here(again)).toBe("BAhello T\n");
  expect(server.text.plain()).toBe("BAhello T\n");
});

test("two tabs do not take each other's unsent text; that of a dead one is taken over", async () => {
  const [one, two] = [await open(), await open()];
  for (const window of [one, two]) {
    window.wire.isCut = true;
    window.wire.drop();
  }
  one.type("one ");
  two.type("two ");
  const stranger = await open(2);
  const third = await open();
  expect(here(third)).toBe("hello\n");
  await pass(100);
  one.die();
  two.die();
  await pass(31_000);
  expect(server.text.plain()).toMatch(/^(one two|two one) hello\n$/);
  expect(here(third)).toBe(server.text.plain());
  expect(updates(stranger)).toEqual([]);
});

test("days offline are sent in parts that a server takes", async () => {
  const mia = await open();
  mia.wire.isCut = true;
  mia.wire.drop();
  for (let page = 0; page < 20; page += 1) mia.type("漢😀".repeat(3_000), -1);
  mia.edit([{ insert: "x".repeat(150_000) }]);
  expect(mia.client.saved).toMatchObject({ state: "offline" });
  expect(mia.client.mustNotClose).toBe(true);
  mia.wire.isCut = false;
  await pass(20_000);
  expect(server.text.plain()).toBe(here(mia));
  expect(mia.client.mustNotClose).toBe(false);
  for (const push of updates(mia)) expect(Buffer.byteLength(JSON.stringify(push))).toBeLessThan(240_000);
});

test("a document that is deleted gives back what was not sent", async () => {
  const mia = await open();
  mia.wire.isCut = true;
  mia.wire.drop();
  mia.type("unsent");
  mia.wire.end("gone");
  expect(mia.client.ended?.reason).toBe("gone");
  expect(mia.client.rescued).toMatchObject([{ text: "unsent", reason: "gone" }]);
});

test("a mark reaches everybody and the screen, and undo leaves it alone", async () => {
  const [mia, tom] = [await open(1), await open(2)];
  mia.type("!", 5);
  await pass(1_000);
  const comment = "1f0c9a52-6d1e-4a3b-9c55-0a1b2c3d4e5f";
  mia.client.mark([{ retain: 5, attributes: { comment } }]);
  await pass(100);
  const marked = { insert: "hello", attributes: { comment } };
  expect(mia.screen.text.contents()).toEqual([marked, { insert: "!\n" }]);
  expect(tom.screen.text.contents()).toEqual(mia.screen.text.contents());
  expect(mia.client.undo()).toBe(true);
  expect(mia.client.undo()).toBe(false);
  await pass(100);
  expect(tom.screen.text.contents()).toEqual([marked, { insert: "\n" }]);
});

test("undo takes back one's own and leaves what others wrote", async () => {
  const [mia, tom] = [await open(1), await open(2)];
  mia.type("mine", 5);
  await pass(100);
  tom.type("TOM", 7);
  await pass(100);
  expect(here(mia)).toBe("hellomiTOMne\n");
  expect(mia.client.undo()).toBe(true);
  await pass(100);
  expect(here(tom)).toBe("helloTOM\n");
  tom.type("!", 8);
  await pass(100);
  expect(mia.client.redo()).toBe(true);
  await pass(100);
  expect([here(tom), here(mia), server.text.plain()]).toEqual(Array(3).fill("hellomiTOM!ne\n"));
  expect(tom.client.undo()).toBe(true);
  await pass(100);
  // Versions only grow: an undo is a change like any other.
  expect(server.version).toBe(6);
});
