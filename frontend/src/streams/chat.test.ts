import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LiveSocket } from "../live/connection";
import { FakeServer } from "../testing/fake-server";
import { ChatStore, KEPT, KEPT_WHILE_READ } from "./chat.svelte";
import { message, messages } from "./samples";
import type { StreamEvent } from "./types";

const TOPIC = "chat:1";
const can = { send: true, moderate: true, questions: true };
let server: FakeServer;
let socket: LiveSocket;
let store: ChatStore;
/** Frames the browser would draw: called by hand. */
let frames: (() => void)[];

const holds = (events: readonly StreamEvent[]) => {
  server.snapshots[TOPIC] = { events, last_id: events.at(-1)?.id ?? 0, can };
};
const told = (event: string, payload: Record<string, unknown>) => server.broadcast(TOPIC, event, payload);
const draw = () => frames.splice(0).forEach((frame) => frame());
const ids = () => store.talk.map(({ id }) => id);
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

beforeEach(async () => {
  vi.useFakeTimers();
  server = new FakeServer();
  holds(messages(1, 3));
  socket = server.connect();
  frames = [];
  store = new ChatStore((then) => frames.push(then));
  store.follow(socket, 1);
  await pass();
});

afterEach(() => {
  socket.socket.disconnect();
  vi.useRealTimers();
});

test("it begins with what the server remembers, oldest first", () => {
  expect(ids()).toEqual([1, 2, 3]);
  expect(store.can).toEqual(can);
});

test("what comes between two frames is drawn at once, and once", () => {
  told("events", { events: [message(4)] });
  told("events", { events: [message(5), message(4)] });
  expect(ids()).toEqual([1, 2, 3]);
  expect(frames).toHaveLength(1);
  draw();
  expect(ids()).toEqual([1, 2, 3, 4, 5]);
});

test("of a flood the newest are kept, in order", () => {
  for (let id = 4; id <= 3_003; id += 10) told("events", { events: messages(id, id + 9) });
  draw();
  expect(store.talk).toHaveLength(KEPT);
  expect(ids()).toEqual([...ids()].sort((a, b) => a - b));
  expect(ids().at(-1)).toBe(3_003);
  expect(store.arrived).toBe(3_000);
});

test("while somebody reads further up more is kept, and dropped when they are done", () => {
  store.held = true;
  for (let id = 4; id <= 9_003; id += 100) told("events", { events: messages(id, id + 99) });
  draw();
  expect(store.talk).toHaveLength(KEPT_WHILE_READ);
  store.letGo();
  expect(store.talk).toHaveLength(KEPT);
  expect(store.complete).toBe(false);
});

test("what is removed goes, also when it waits for its frame; what is restored stands in its place", () => {
  told("events", { events: messages(4, 6) });
  told("removed", { ids: [2, 5], why: "hide" });
  draw();
  expect(ids()).toEqual([1, 3, 4, 6]);
  told("restored", { events: [message(2)] });
  expect(ids()).toEqual([1, 2, 3, 4, 6]);
});

test("a removal that is announced before its message takes it away all the same", () => {
  told("removed", { ids: [4], why: "deleted" });
  told("events", { events: [message(4), message(5)] });
  draw();
  expect(ids()).toEqual([1, 2, 3, 5]);
});

test("after a break nothing is there twice, what was said meanwhile is there, what was removed is not", async () => {
  told("events", { events: [message(4)] });
  server.drop();
  holds([...messages(2, 2), ...messages(4, 8)]);
  await pass(200);
  expect(ids()).toEqual([1, 2, 4, 5, 6, 7, 8]);
  expect(store.gap).toBeUndefined();
  expect(server.pushes).toEqual([]);
});

test("after a long break the messages between are asked for", async () => {
  server.answer = ({ payload }) => {
    const before = payload.before_id as number;
    return { events: messages(Math.max(1, before - 10), before - 1) };
  };
  server.drop();
  holds(messages(20, 25));
  await pass(200);
  expect(ids()).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  expect(store.gap).toBeUndefined();
  expect(server.pushes.map(({ event, payload }) => [event, payload.before_id])).toEqual([
    ["older", 20],
    ["older", 10],
  ]);
});

test("what cannot be had is told of, where it is missing, and can be asked for again", async () => {
  server.answer = ({ payload }) => ({ events: [message((payload.before_id as number) - 1)] });
  server.drop();
  holds(messages(100, 102));
  await pass(200);
  expect(store.gap).toBe(96);
  expect(ids()).toEqual([1, 2, 3, 96, 97, 98, 99, 100, 101, 102]);
  server.answer = ({ payload }) => ({ events: messages(4, (payload.before_id as number) - 1) });
  store.fillGap();
  await pass();
  // The server's page of older ones ended before what is here: one more question closes it.
  expect(store.gap).toBeUndefined();
  expect(ids()).toEqual(Array.from({ length: 102 }, (_, index) => index + 1));
});

test("what is older is fetched once, until there is nothing more", async () => {
  holds(messages(50, 60));
  const later = new ChatStore((then) => frames.push(then));
  const other = server.connect();
  later.follow(other, 1);
  await pass();
  server.answer = () => ({ events: messages(40, 49) });
  void later.loadOlder();
  await later.loadOlder();
  await pass();
  expect(server.pushes.filter(({ event }) => event === "older")).toHaveLength(1);
  expect(later.talk[0]!.id).toBe(40);
  server.answer = () => ({ events: [] });
  void later.loadOlder();
  await pass();
  expect(later.complete).toBe(true);
  other.socket.disconnect();
});

test("a message of ours is shown as on its way until its platform shows it", async () => {
  void store.send("eighteen inches", ["twitch", "kick"]);
  await pass();
  expect(store.pending).toMatchObject([{ text: "eighteen inches", waiting: ["twitch", "kick"] }]);
  expect(server.pushes[0]!.payload).toMatchObject({ text: "eighteen inches", platforms: ["twitch", "kick"] });
  const user = { id: "me", name: "Lumen", roles: ["own" as const] };
  told("events", { events: [message(4, { text: "eighteen inches", user })] });
  draw();
  expect(store.pending[0]!.waiting).toEqual(["kick"]);
  const ok = { ok: true, sentence: "" };
  server.reply(server.pushes[0]!, { sent: ["twitch", "kick"].map((platform) => ({ platform, ...ok })) });
  told("events", { events: [message(5, { text: "eighteen inches", user, platform: "kick" })] });
  draw();
  expect(store.pending).toEqual([]);
});

test("the same words of a viewer are not taken for ours", async () => {
  void store.send("hello", ["twitch"]);
  await pass();
  told("events", { events: [message(4, { text: "hello" })] });
  draw();
  expect(store.pending).toHaveLength(1);
});

test("where a message could not be sent is told with the platform's reason, elsewhere it is sent", async () => {
  const refused = { platform: "kick", ok: false, sentence: "Kick does not answer." };
  server.answer = () => ({ sent: [{ platform: "twitch", ok: true, sentence: "" }, refused] });
  const failed = store.send("hello", ["twitch", "kick"]);
  await pass();
  expect(await failed).toEqual([refused]);
  expect(store.pending[0]!.waiting).toEqual(["twitch"]);
  // What its platform never shows is not "on its way" for ever.
  await pass(10_000);
  expect(store.pending).toEqual([]);
});

test("a refused push fails at each platform", async () => {
  const failed = store.send("hello", ["twitch", "kick"]);
  await pass();
  server.reply(server.pushes[0]!, { reason: "forbidden", message: "Not you." }, "error");
  await pass();
  expect((await failed).map(({ platform, sentence }) => [platform, sentence])).toEqual([
    ["twitch", "Not you."],
    ["kick", "Not you."],
  ]);
  expect(store.pending).toEqual([]);
});

test("a hidden message goes at once, and Undo brings it back", async () => {
  server.answer = () => ({ sentence: "Hidden." });
  void store.hide(store.talk[1]!);
  expect(ids()).toEqual([1, 3]);
  await pass();
  expect(store.done?.says).toBe("Hidden.");
  store.done!.undo!();
  await pass();
  expect(server.pushes.map(({ event, payload }) => [event, payload.id])).toEqual([
    ["hide", 2],
    ["restore", 2],
  ]);
  expect(ids()).toEqual([1, 2, 3]);
});

test("the oldest that is here can be taken back, too; what is older than all that was ever here stays away", () => {
  told("removed", { ids: [1], why: "hide" });
  expect(ids()).toEqual([2, 3]);
  told("restored", { events: [message(1), message(0)] });
  expect(ids()).toEqual([1, 2, 3]);
});

test("one that may not be hidden is there again, and it is said why", async () => {
  void store.hide(store.talk[1]!);
  await pass();
  server.reply(server.pushes[0]!, { reason: "forbidden", message: "Not you." }, "error");
  await pass();
  expect(ids()).toEqual([1, 2, 3]);
  expect(store.done).toMatchObject({ says: "Not you.", undo: undefined });
});

test("a ban is taken back by who was banned, not by the message", async () => {
  server.answer = () => ({});
  void store.ban(store.talk[1]!);
  await pass();
  expect(store.done?.says).toBe("viewer 2 is banned");
  store.done!.undo!();
  await pass();
  expect(server.pushes[1]).toMatchObject({ event: "unban", payload: { platform: "twitch", user_id: "u2" } });
});
