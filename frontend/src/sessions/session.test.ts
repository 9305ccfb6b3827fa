import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeServer } from "../testing/fake-server";
import type { LiveSocket } from "../live/connection";
import { facts, item, live, meta, state } from "./samples";
import { SessionStore } from "./session.svelte";

const STATE = "session:1:state";
const META = "session:1:meta";
let server: FakeServer;
let socket: LiveSocket;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  server.snapshots[STATE] = { ...state() };
  server.snapshots[META] = { ...meta() };
});

afterEach(() => {
  socket.socket.disconnect();
  vi.useRealTimers();
});

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

async function opened(search = ""): Promise<SessionStore> {
  const store = new SessionStore(search);
  socket = server.connect();
  store.follow(socket, 1);
  await pass();
  flushSync();
  return store;
}

const moved = (more: Parameters<typeof live>[0]) =>
  server.broadcast(STATE, "state_changed", { ...live(more) });

test("it shows what is on air and what comes next", async () => {
  const store = await opened();
  expect([store.ready, store.shown?.id, store.next?.id, store.place]).toEqual([true, 1, 2, 0]);
  moved({ version: 11, item_id: 4, image_index: 1 });
  expect([store.shown?.id, store.next?.id, store.image?.url]).toEqual([4, 5, "/media/4-1.jpg"]);
  moved({ version: 12, item_id: 5 });
  expect([store.shown?.id, store.next]).toEqual([5, undefined]);
});

test("in a session that goes round the first comes after the last", async () => {
  server.snapshots[META] = { ...meta(), session: { ...facts, wrap: true } };
  const store = await opened();
  moved({ version: 11, item_id: 5 });
  expect(store.next?.id).toBe(1);
});

test("next comes after what is on air, whatever the address shows", async () => {
  const store = await opened("?sp=3");
  expect([store.shown?.id, store.next?.id]).toEqual([3, 2]);
});

test("three are coming, fewer at the end, and round where the session goes round", async () => {
  const coming = (store: SessionStore) => store.coming.map(({ id }) => id);
  const store = await opened();
  expect(coming(store)).toEqual([2, 3, 4]);
  moved({ version: 11, item_id: 4 });
  expect(coming(store)).toEqual([5]);
  server.broadcast(META, "settings_changed", { version: 2, previous: 1, session: { ...facts, wrap: true } });
  expect(coming(store)).toEqual([5, 1, 2]);
});

test("a colleague's move is told with their name, one's own is not", async () => {
  const store = await opened();
  store.crew = { me: 7, nameOf: (id) => (id === 8 ? "Mia" : undefined) };
  moved({ version: 11, item_id: 3, actor_id: 7 });
  expect(store.notice).toBe(undefined);
  moved({ version: 12, item_id: 4, actor_id: 8 });
  expect(store.notice?.text).toBe("Mia → #4");
  moved({ version: 13, item_id: 4, card_shown: true, actor_id: 9 });
  expect(store.notice?.text).toBe("Mia → #4"); // nothing moved
  moved({ version: 14, item_id: 5, actor_id: 9 });
  expect(store.notice?.text).toBe("A colleague → #5");
});

test("the host's screen tells of nobody's moves", async () => {
  const store = await opened();
  moved({ version: 11, item_id: 3, actor_id: 8 });
  expect(store.notice).toBe(undefined);
});

test("it knows what an undo would take back, once asked", async () => {
  const store = await opened();
  server.answer = (push) =>
    push.event === "undoable" ? { undo: { kind: "send_message", version: 4 }, redo: null } : undefined;
  await store.lookAhead();
  expect(store.ahead).toEqual({ undo: "send message", redo: "" });
});

test("older news never moves it back", async () => {
  const store = await opened();
  moved({ version: 12, item_id: 4 });
  moved({ version: 11, item_id: 2 });
  expect(store.shown?.id).toBe(4);
});

test("an address is asked once, on a cold load, and never moves the show", async () => {
  const store = await opened("?sp=3&img=1");
  expect([store.shown?.id, store.shownIndex, store.onAir?.id]).toEqual([3, 1, 1]);
  expect(server.pushes).toEqual([]);
  moved({ version: 11, item_id: 2 });
  expect([store.shown?.id, store.shownIndex]).toEqual([2, 0]);
});

test("after a break the server leads, whatever the address says", async () => {
  const store = await opened("?sp=3");
  expect(store.shown?.id).toBe(3);
  server.snapshots[STATE] = { ...state({ version: 15, item_id: 5 }) };
  server.drop();
  await pass(200);
  expect(store.shown?.id).toBe(5);
});

test("a message or a card that comes does not end what the address asked for", async () => {
  const store = await opened("?sp=3");
  moved({ version: 11, card_shown: true });
  expect(store.shown?.id).toBe(3);
});

test.each(["?sp=77", "?sp=abc&img=1", "?img=1", "?sp="])(
  "an address with %s asks for nothing",
  async (search) => {
    const store = await opened(search);
    expect([store.shown?.id, store.shownIndex]).toEqual([1, 0]);
  },
);

test("breaks and new snapshots never bring the address back, and recovery writes nothing", async () => {
  const store = await opened("?sp=3&img=1");
  moved({ version: 11, item_id: 2 });
  server.snapshots[STATE] = { ...state({ version: 11, item_id: 2 }) };
  for (let times = 0; times < 3; times += 1) {
    server.drop();
    await pass(200);
    server.crash(META);
    await pass(200);
  }
  expect([store.shown?.id, store.shownIndex]).toEqual([2, 0]);
  expect(server.pushes).toEqual([]);
});

test("a lineup that is read again does not end what the address asked for", async () => {
  const store = await opened("?sp=3&img=1");
  server.crash(META);
  await pass(200);
  expect([store.shown?.id, store.shownIndex]).toEqual([3, 1]);
});

test("a show that moves before the lineup is there leads at once", async () => {
  server.refusals[META] = { reason: "unavailable", message: "The database does not answer." };
  const store = await opened("?sp=3");
  moved({ version: 11, item_id: 2 });
  server.refusals = {};
  await pass(2000);
  expect([store.ready, store.shown?.id]).toEqual([true, 2]);
});

test("a command given before the lineup is there ends what the address asks for", async () => {
  server.refusals[META] = { reason: "unavailable", message: "The database does not answer." };
  server.answer = () => ({ version: 10 });
  const store = await opened("?sp=3");
  await store.first();
  server.refusals = {};
  await pass(2000);
  expect([store.ready, store.shown?.id]).toEqual([true, 1]);
});

test("an address whose line is taken out of the lineup gives way to the show and its picture", async () => {
  const store = await opened("?sp=3&img=1");
  server.broadcast(META, "lineup_changed", { version: 11, previous: 1, items: [], removed: [3] });
  expect([store.shown?.id, store.shownIndex, store.image?.url]).toEqual([1, 0, "/media/1-0.jpg"]);
});

test("the address to come back to follows what is shown", async () => {
  const store = await opened("?sp=3&img=1");
  expect(store.address).toEqual({ itemId: 3, imageIndex: 1 });
  moved({ version: 11, item_id: 4, image_index: 1 });
  expect(store.address).toEqual({ itemId: 4, imageIndex: 1 });
});

test("a picture that is not there any more gives way to the last there is", async () => {
  const store = await opened();
  moved({ version: 11, item_id: 2, image_index: 7 });
  expect(store.image?.url).toBe("/media/2-1.jpg");
  server.broadcast(META, "lineup_changed", {
    version: 12,
    previous: 1,
    items: [item({ id: 2, images: 0 })],
    removed: [],
  });
  expect(store.image).toBe(undefined);
});

test("one's own key ends what the address asked for", async () => {
  server.answer = () => ({ version: 11 });
  const store = await opened("?sp=3");
  void store.jump(1);
  await pass();
  expect(store.shown?.id).toBe(1);
  expect(server.pushes[0]).toMatchObject({ event: "jump", payload: { number: 1 } });
});

test("a show that has moved to a line not heard of yet waits for it and shows it then", async () => {
  const store = await opened();
  moved({ version: 11, item_id: 6, lineup_version: 11 });
  expect([store.waitsForLineup, store.shown]).toEqual([true, undefined]);
  server.broadcast(META, "lineup_changed", {
    version: 11,
    previous: 1,
    items: [item({ id: 6 })],
    removed: [],
  });
  expect([store.waitsForLineup, store.shown?.id]).toEqual([false, 6]);
});

test("a line whose news was lost comes with the next snapshot", async () => {
  const store = await opened();
  moved({ version: 12, item_id: 6, lineup_version: 11 });
  expect(store.waitsForLineup).toBe(true);
  server.snapshots[META] = { ...meta(6, 13) };
  server.broadcast(META, "settings_changed", { version: 13, previous: 11, session: { name: "Half" } });
  await pass(200);
  expect([store.waitsForLineup, store.shown?.id, store.session?.name]).toEqual([false, 6, "Spring Sparkle"]);
});

test("lineup and settings are one row of versions: each follows on the other", async () => {
  const store = await opened();
  const session = { ...store.session!, name: "Summer Sparkle" };
  server.broadcast(META, "settings_changed", { version: 11, previous: 1, session });
  server.broadcast(META, "lineup_changed", { version: 12, previous: 11, items: [], removed: [5] });
  server.broadcast(META, "settings_changed", {
    version: 11,
    previous: 1,
    session: { ...session, name: "Old" },
  });
  expect([store.session?.name, store.items.length]).toEqual(["Summer Sparkle", 4]);
  expect(server.joins.filter((topic) => topic === META)).toHaveLength(1);
});

test("lines come, change and go in the order of their numbers", async () => {
  const store = await opened();
  server.broadcast(META, "lineup_changed", {
    version: 11,
    previous: 1,
    items: [item({ id: 8, position: 2 }), item({ id: 2, position: 9, name: "Renamed" })],
    removed: [4],
  });
  expect(store.items.map((one) => one.id)).toEqual([1, 8, 3, 5, 2]);
  expect(store.items.at(-1)?.name).toBe("Renamed");
});

test("new prices of lines that are gone do not bring them back", async () => {
  const store = await opened();
  server.broadcast(META, "items_refreshed", { items: [item({ id: 2, name: "New" }), item({ id: 99 })] });
  expect(store.items.map((one) => one.name)).toEqual([
    "Product 1",
    "New",
    "Product 3",
    "Product 4",
    "Product 5",
  ]);
});

test("what the rules refuse becomes a notice; the ends are no errors", async () => {
  const store = await opened();
  for (const [reason, message, tone] of [
    ["end_of_session", "End of session reached", "info"],
    ["start_of_session", "Already at first product", "info"],
    ["invalid_position", "Invalid product number", "error"],
    ["superseded", "Tom Host changed this since", "error"],
  ] as const) {
    server.pushes = [];
    const done = store.next_();
    await pass();
    expect(store.pending).toBe(1);
    server.reply(server.pushes[0]!, { reason, message }, "error");
    expect(await done).toBe(false);
    const said = tone === "info" ? store.notice?.text : store.commands.failures[0]?.text;
    expect([said, store.pending]).toEqual([tone === "info" ? message : `Next product: ${message}`, 0]);
  }
});

test("an undo says what it took back", async () => {
  const store = await opened();
  server.answer = () => ({ version: 12, undone: { kind: "send_message", version: 9 } });
  await store.undo();
  expect(store.notice?.text).toBe("Undone: send message");
  await store.redo();
  expect(store.notice?.text).toBe("Done again: send message");
});

test("an undo that is refused is said as the server says it", async () => {
  const store = await opened();
  for (const [press, reason, message] of [
    [store.undo, "nothing_to_undo", "Nothing to undo"],
    [store.redo, "nothing_to_redo", "Nothing to redo"],
    [store.undo, "superseded", "Mia Producer changed this since"],
  ] as const) {
    server.pushes = [];
    const done = press();
    await pass();
    server.reply(server.pushes[0]!, { reason, message }, "error");
    expect(await done).toBe(false);
    expect(store.commands.failures.at(-1)?.text).toContain(message);
  }
});

test("the same notice twice is two notices", async () => {
  const store = await opened();
  store.say("End of session reached");
  const first = store.notice;
  await pass(10);
  store.say("End of session reached");
  expect(store.notice).not.toBe(first);
});

test("a press whose answer was lost is one press, and waits until it is answered", async () => {
  const store = await opened();
  const done = store.next_();
  await pass();
  server.drop();
  server.answer = () => ({ version: 11 });
  expect(store.pending).toBe(1);
  await pass(200);
  expect(await done).toBe(true);
  expect(server.pushes).toHaveLength(2);
  expect(new Set(server.pushes.map((push) => push.payload.op_id)).size).toBe(1);
  moved({ version: 11, item_id: 2 });
  await pass();
  expect([store.pending, store.commands.failures]).toEqual([0, []]);
});

test("a press nobody answers says that it is not certain", async () => {
  const store = await opened();
  const done = store.next_();
  await pass(30_001);
  expect(await done).toBe(false);
  expect(store.pending).toBe(0);
  expect(store.commands.failures[0]?.text).toMatch(/^Next product: .*not certain/);
});

test("a press before anything is joined does nothing", async () => {
  expect(await new SessionStore().next_()).toBe(false);
});

test("the card's key shows it and hides it", async () => {
  const store = await opened();
  server.answer = () => ({ version: 11 });
  await store.toggleCard();
  moved({ version: 11, card_shown: true });
  await store.toggleCard();
  expect(server.pushes.map((push) => push.event)).toEqual(["show_card", "hide_card"]);
});

test("every press has an id of its own, so that two presses are two", async () => {
  server.answer = () => ({ version: 11 });
  const store = await opened();
  await Promise.all([store.next_(), store.next_(), store.next_()]);
  expect(new Set(server.pushes.map((push) => push.payload.op_id)).size).toBe(3);
});

test("a session one may not see, or that was deleted, is said in a sentence", async () => {
  server.refusals[STATE] = { reason: "not_found", message: "There is no such session." };
  const store = await opened();
  expect(store.refused).toBe("There is no such session.");
  delete server.refusals[STATE];
  const other = await opened();
  server.broadcast(META, "session_deleted", { version: 11, previous: 1 });
  expect([other.refused, other.items.length]).toEqual(["This session was deleted.", 0]);
});

test.each([STATE, META])("whatever may not be seen of %s, the first reason is said", async (topic) => {
  for (const [reason, message] of [
    ["forbidden", "You may not do this."],
    ["not_found", "There is nothing here."],
    ["gone", "This was deleted."],
  ] as const) {
    server.refusals = { [topic]: { reason, message } };
    const store = await opened();
    expect(store.refused).toBe(message);
    socket.close();
  }
});

test("rights that are taken away are said, and no key is left waiting", async () => {
  const store = await opened();
  const waiting = store.next_();
  await pass();
  server.close(STATE);
  expect(store.refused).toContain("Your access");
  expect([await waiting, await store.next_()]).toEqual([false, false]);
  expect(store.pending).toBe(0);
});

test("a deleted session is said to be deleted, not that access has changed", async () => {
  const store = await opened();
  server.broadcast(META, "session_deleted", { version: 11, previous: 1 });
  server.close(META);
  server.close(STATE);
  expect(store.refused).toBe("This session was deleted.");
  const other = await opened();
  server.close(STATE);
  server.broadcast(META, "session_deleted", { version: 11, previous: 1 });
  expect(other.refused).toBe("This session was deleted.");
});

test("a page older than the server says so and keeps what it shows", async () => {
  const store = await opened();
  moved({ version: 11, item_id: 4 });
  server.refusals[STATE] = { reason: "reload", message: "The studio was updated. Reload the page." };
  server.drop();
  await pass(200);
  expect([store.outdated, store.refused, store.shown?.id]).toEqual([true, undefined, 4]);
});

test("a database that is away does not take the picture off the screen", async () => {
  const store = await opened();
  server.refusals[STATE] = server.refusals[META] = {
    reason: "unavailable",
    message: "The database does not answer.",
  };
  server.drop();
  await pass(3000);
  expect([store.refused, store.shown?.id]).toEqual([undefined, 1]);
  server.refusals = {};
  server.snapshots[STATE] = { ...state({ version: 20, item_id: 2 }) };
  await pass(3000);
  expect(store.shown?.id).toBe(2);
});

test("an empty session is ready and shows nothing", async () => {
  server.snapshots[STATE] = { ...state({ item_id: null }) };
  server.snapshots[META] = { ...meta(0) };
  const store = await opened();
  expect([store.ready, store.shown, store.place, store.waitsForLineup, store.address]).toEqual([
    true,
    undefined,
    -1,
    false,
    null,
  ]);
});

test("it keeps showing what it had while the server is away", async () => {
  const store = await opened();
  moved({ version: 11, item_id: 4 });
  server.up = false;
  server.drop();
  await pass(5000);
  expect([store.status, store.shown?.id]).toEqual(["reconnecting", 4]);
  server.up = true;
  server.snapshots[STATE] = { ...state({ version: 11, item_id: 4 }) };
  await pass(2000);
  expect([store.status, store.shown?.id]).toEqual(["connected", 4]);
});

const now = (seconds = 0) => new Date(Date.now() + seconds * 1000).toISOString();
const commands = () => server.pushes.map(({ event }) => event);

test("what is armed is known until it lapses, fifteen seconds after", async () => {
  const store = await opened();
  moved({ version: 11, armed: { item_id: 3, at: now() } });
  expect(store.armed?.id).toBe(3);
  await pass(14_900);
  expect(store.armed?.id).toBe(3);
  await pass(200);
  expect(store.armed).toBe(undefined);
  moved({ version: 12, armed: { item_id: 3, at: now() } });
  expect(store.armed?.id).toBe(3);
  moved({ version: 13, armed: null });
  expect(store.armed).toBe(undefined);
});

test("a page that comes late does not show what was armed long ago", async () => {
  server.snapshots[STATE] = { ...state({ armed: { item_id: 3, at: now(-20) } }) };
  const store = await opened();
  await pass(1);
  expect(store.armed).toBe(undefined);
});

const arms = () => (server.snapshots[META] = { ...meta(), session: { ...facts, arming: true } });

test("where the session arms, a key makes ready first and shows on the second press", async () => {
  arms();
  const store = await opened();
  void store.drive("next");
  await pass();
  expect(server.pushes.at(-1)).toMatchObject({ event: "arm", payload: { number: 2 } });
  moved({ version: 11, armed: { item_id: 2, at: now() } });
  void store.drive("next");
  await pass();
  expect(commands()).toEqual(["arm", "go"]);
});

test("every key that shows a product makes it ready first, and a typed number too", async () => {
  arms();
  const store = await opened();
  moved({ version: 11, item_id: 3 });
  for (const move of ["previous", "first", "last"] as const) void store.drive(move);
  void store.driveTo(4);
  await pass();
  expect(server.pushes.map(({ event, payload }) => [event, payload.number])).toEqual([
    ["arm", 2],
    ["arm", 1],
    ["arm", 5],
    ["arm", 4],
  ]);
});

test("where it does not, keys show at once", async () => {
  const store = await opened();
  void store.drive("next");
  void store.driveTo(4);
  await pass();
  expect(commands()).toEqual(["next", "jump"]);
});

test("at the end, and for a number that is not there, the server says so", async () => {
  arms();
  const store = await opened();
  moved({ version: 11, item_id: 5 });
  void store.drive("next");
  void store.driveTo(99);
  await pass();
  expect(commands()).toEqual(["next", "jump"]);
});

test("the key back goes round where the session does", async () => {
  const store = await opened();
  expect(store.earlier).toBe(undefined);
  server.broadcast(META, "settings_changed", { version: 2, previous: 1, session: { ...facts, wrap: true } });
  expect(store.earlier?.id).toBe(5);
  moved({ version: 11, item_id: 3 });
  expect(store.earlier?.id).toBe(2);
});

test("the clock is stopped, and goes on when it stands", async () => {
  const store = await opened();
  void store.toggleClock();
  moved({ version: 11, clock: { since: now(), paused_at: now(), added_seconds: 0 } });
  void store.toggleClock();
  await pass();
  expect(commands()).toEqual(["pause_clock", "resume_clock"]);
});

test("settings go to the lineup's topic, and a refusal is a sentence", async () => {
  const store = await opened();
  const saved = store.saveSettings({ arming: true });
  await pass();
  expect(server.pushes.at(-1)).toMatchObject({ topic: META, payload: { changes: { arming: true } } });
  server.reply(server.pushes.at(-1)!, { version: 12 });
  moved({ version: 12 });
  expect(await saved).toBe(undefined);
  const refused = store.saveSettings({ warn_seconds: 1 });
  await pass();
  server.reply(server.pushes.at(-1)!, { reason: "invalid", message: "Red comes after amber" }, "error");
  expect(await refused).toBe("Red comes after amber");
});

test("a command is on its way until its version is on the page, and its line is known", async () => {
  const store = await opened();
  const done = store.next_();
  await pass(150);
  expect(store.commands.heading).toBe(2);
  server.reply(server.pushes[0]!, { version: 11 });
  expect(await done).toBe(true);
  expect(store.pending).toBe(1);
  moved({ version: 11, item_id: 2 });
  await pass();
  expect([store.pending, store.commands.heading]).toEqual([0, undefined]);
});

test("presses in a row lead to the line after the line", async () => {
  const store = await opened();
  void store.next_();
  void store.next_();
  void store.jump(5);
  void store.previous();
  await pass(150);
  expect(store.commands.slow.map(({ itemId }) => itemId)).toEqual([2, 3, 5, 4]);
});

test("a line's own value goes over the lineup's topic, and is done when the lineup has it", async () => {
  const store = await opened();
  let refused: unknown = "not yet";
  void store.overrideItem(2, { sale_price_cents: 900 }, () => true).then((answer) => (refused = answer));
  await pass();
  expect(server.pushes[0]).toMatchObject({
    topic: META,
    event: "override_item",
    payload: { item_id: 2, changes: { sale_price_cents: 900 } },
  });
  server.reply(server.pushes[0]!, { version: 11 });
  moved({ version: 11, lineup_version: 11 });
  await pass();
  expect(refused).toBe("not yet");
  const items = [item({ id: 2, sale_price_cents: 900 })];
  server.broadcast(META, "lineup_changed", { version: 11, previous: 1, items, removed: [] });
  await pass();
  expect(refused).toBe(undefined);
});

test("a refusal is told once: at its field, or as a notice where no field can be seen", async () => {
  const store = await opened();
  for (const [seen, notices] of [
    [true, []],
    [false, ["Change of 2 · Product 2: Price must be positive"]],
  ] as const) {
    server.pushes = [];
    const answer = store.overrideItem(2, { sale_price_cents: 0 }, () => seen);
    await pass();
    server.reply(server.pushes[0]!, { reason: "invalid_price", message: "Price must be positive" }, "error");
    expect((await answer)?.message).toBe("Price must be positive");
    expect(store.commands.failures.map(({ text }) => text)).toEqual(notices);
  }
});

test("who has changed a line is known by name", async () => {
  const store = await opened();
  store.crew = { me: 7, nameOf: (id) => (id === 8 ? "Mia" : undefined) };
  const changed = (version: number, actor_id: number) => {
    moved({ version, lineup_version: version, actor_id, kind: "override_item" });
    const items = [item({ id: 2, sale_price_cents: version })];
    server.broadcast(META, "lineup_changed", { version, previous: version - 1, items, removed: [] });
    return store.changes.get(2);
  };
  server.snapshots[META] = { ...meta(5, 10) };
  server.crash(META);
  await pass(200);
  expect([changed(11, 8), changed(12, 9), changed(13, 7)]).toEqual(["Mia", "A colleague", "You"]);
  server.broadcast(META, "items_refreshed", { items: [item({ id: 2 })] });
  expect(store.changes.get(2)).toBe("The catalogue");
});

test("the lineup is fresh from its snapshot until the connection breaks", async () => {
  const store = await opened();
  expect(store.lineupFresh).toBe(true);
  server.up = false;
  server.drop();
  await pass();
  expect(store.lineupFresh).toBe(false);
  server.up = true;
  await pass(2000);
  expect(store.lineupFresh).toBe(true);
});

test("one's own moves are counted, a colleague's and other changes are not", async () => {
  const store = await opened();
  store.crew = { me: 7, nameOf: () => undefined };
  moved({ version: 11, item_id: 2, actor_id: 7 });
  moved({ version: 12, item_id: 3, actor_id: 8 });
  moved({ version: 13, item_id: 3, card_shown: true, actor_id: 7 });
  expect(store.ownMoves).toBe(1);
});
