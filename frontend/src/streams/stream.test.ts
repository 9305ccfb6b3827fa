import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LiveSocket } from "../live/connection";
import { QuestionsStore } from "../sessions/questions.svelte";
import { FakeServer } from "../testing/fake-server";
import { at, feed, message, question, T0 } from "./samples";
import { KEPT, StreamStore } from "./stream.svelte";
import type { StreamRow, ViewersRow } from "./types";
import { inWords, lines, marks, SPAN_MS, withViewers } from "./viewers";

const TOPIC = "stream:1";
const air = {
  lamp: "on_air",
  words: "ON AIR",
  sentence: "",
  session: null,
  live: [],
  encoder: null,
} as const;
const show: StreamRow = {
  id: 1,
  title: "Friday",
  started_at: at(0),
  ended_at: null,
  platforms: ["twitch"],
  rehearsal: false,
  session_id: null,
};
let server: FakeServer;
let socket: LiveSocket;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  server.snapshots[TOPIC] = {
    feeds: [feed("twitch"), feed("kick", { viewers: null })],
    air,
    stream: show,
    activity: [message(1, { kind: "follow" }), message(2, { kind: "raid" })],
    viewers: [{ at: at(0), total: 10, by: { twitch: 10 } }],
    server_time: at(0),
  };
  server.snapshots["questions:1"] = { questions: [question(2), question(1, { asked: 4 })] };
  socket = server.connect();
});

afterEach(() => {
  socket.socket.disconnect();
  vi.useRealTimers();
});

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

async function following(): Promise<StreamStore> {
  const store = new StreamStore();
  store.follow(socket, 1);
  await pass();
  return store;
}

test("a platform changes alone, and a new one is added", async () => {
  const store = await following();
  expect(store.total).toBe(10);
  server.broadcast(TOPIC, "feed_changed", { ...feed("kick", { viewers: 5 }) });
  expect(store.total).toBe(15);
  server.broadcast(TOPIC, "feed_changed", { ...feed("youtube", { viewers: 100 }) });
  expect(store.feeds.map(({ platform }) => platform)).toEqual(["twitch", "kick", "youtube"]);
  expect(store.total).toBe(115);
});

test("what is told before the snapshot is not overwritten by it", async () => {
  server.joinTakes = 50;
  const store = await following();
  const questions = new QuestionsStore();
  questions.follow(socket, 1);
  await pass(10);
  server.broadcast(TOPIC, "feed_changed", { ...feed("kick", { viewers: 7 }) });
  server.broadcast(TOPIC, "stream_changed", { stream: null });
  server.broadcast("questions:1", "question_changed", { ...question(2, { state: "done" }) });
  await pass(100);
  expect(store.total).toBe(17);
  expect(store.stream).toBeNull();
  expect(questions.open.map(({ id }) => id)).toEqual([1]);
});

test("a platform that is disconnected goes, and so does an activity that was removed", async () => {
  const store = await following();
  server.broadcast(TOPIC, "feed_removed", { platform: "kick" });
  expect(store.feeds.map(({ platform }) => platform)).toEqual(["twitch"]);
  server.broadcast(TOPIC, "removed", { ids: [2, 99], why: "ban" });
  expect(store.activity.map(({ id }) => id)).toEqual([1]);
});

test("viewers that no platform has told are not zero", async () => {
  const store = await following();
  server.broadcast(TOPIC, "feed_changed", { ...feed("twitch", { viewers: null }) });
  expect(store.total).toBeUndefined();
});

test("it is a rehearsal only when nothing of it is real", async () => {
  const store = await following();
  server.broadcast(TOPIC, "feed_changed", { ...feed("kick", { rehearsal: true }) });
  expect(store.rehearsal).toBe(false);
  server.broadcast(TOPIC, "feed_changed", { ...feed("twitch", { status: "off" }) });
  expect(store.rehearsal).toBe(true);
});

test("activities stand newest first, each once, over a break, and no more than are kept", async () => {
  const store = await following();
  server.broadcast(TOPIC, "activity", { events: [message(3, { kind: "gift" })] });
  server.drop();
  await pass(200);
  expect(store.activity.map(({ id }) => id)).toEqual([3, 2, 1]);
  const many = Array.from({ length: 3_000 }, (_, index) => message(10 + index, { kind: "like" }));
  server.broadcast(TOPIC, "activity", { events: many });
  expect(store.activity).toHaveLength(KEPT);
  expect(store.activity[0]!.id).toBe(3_009);
});

test("a stream that ended is none; what was known stays while the connection is lost", async () => {
  const store = await following();
  server.up = false;
  server.drop();
  await pass(500);
  expect(store.status).toBe("reconnecting");
  expect([store.feeds.length, store.air?.words, store.stream?.title]).toEqual([2, "ON AIR", "Friday"]);
  server.up = true;
  await pass(2_000);
  expect(store.status).toBe("connected");
  server.broadcast(TOPIC, "stream_changed", { stream: null });
  expect(store.stream).toBeNull();
});

test("viewers of more than two hours ago are forgotten; a late count finds its place, a second one takes it", () => {
  const row = (seconds: number, total: number) => ({ at: at(seconds), total, by: {} });
  let rows = withViewers([row(0, 1), row(60, 2)], row(SPAN_MS / 1000 + 30, 3));
  expect(rows.map(({ total }) => total)).toEqual([2, 3]);
  rows = withViewers(rows, row(90, 9));
  expect(rows.map(({ total }) => total)).toEqual([2, 9, 3]);
  rows = withViewers(rows, row(90, 8));
  expect(rows.map(({ total }) => total)).toEqual([2, 8, 3]);
});

test("the chart has a line for each platform, broken where nobody counted", () => {
  const drawn = lines([
    { at: at(0), total: 3, by: { twitch: 3 } },
    { at: at(15), total: 5, by: { twitch: 3, kick: 2 } },
    { at: at(600), total: 7, by: { kick: 7 } },
  ]);
  expect(drawn.platforms).toEqual(["kick", "twitch"]);
  const start = T0 / 1000;
  expect(drawn.data).toEqual([
    [start, start + 15, start + 15.001, start + 600],
    [3, 5, null, 7],
    [null, 2, null, 7],
    [3, 3, null, null],
  ]);
});

test("raids are marked one by one, follows by the minute", () => {
  const follow = (id: number, seconds: number) => message(id, { kind: "follow", at: at(seconds) });
  const raid = message(9, { kind: "raid", count: 1_200, at: at(100) });
  expect(
    marks([raid, follow(3, 65), follow(2, 61), follow(1, 5)]).map(({ at: when, says }) => [
      when - T0 / 1000,
      says,
    ]),
  ).toEqual([
    [0, "1 follow"],
    [60, "2 follows"],
    [100, "Raid by viewer 2, 1,200 viewers"],
  ]);
});

test("the chart is told in words", () => {
  const rows: ViewersRow[] = [
    { at: at(0), total: 40, by: { twitch: 40 } },
    { at: at(60), total: 1_200, by: { twitch: 1_000, kick: 200 } },
    { at: at(120), total: 900, by: { twitch: 800, kick: 100 } },
  ];
  const words = inWords(rows, [message(9, { kind: "raid", count: 500, at: at(50) })]);
  expect(words).toContain("900 viewers now: 800 on Twitch, 100 on Kick.");
  expect(words).toContain("at most 1,200");
  expect(words).toContain("at least 40");
  expect(words).toContain("Raid by viewer 2, 500 viewers");
  expect(inWords([])).toBe("No viewers have been counted yet.");
});
