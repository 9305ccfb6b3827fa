import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LiveSocket } from "../live/connection";
import { FakeServer } from "../testing/fake-server";
import { LineupMarks } from "./lineup-marks.svelte";
import { item } from "./samples";
import { WantedStore, wishMark, wishWords, type Wish } from "./wanted.svelte";

const TOPIC = "wanted:1";
const lines = [1, 2, 3, 4].map((id) => item({ id, position: id * 10 }));
let server: FakeServer;
let socket: LiveSocket;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  socket = server.connect();
});

afterEach(() => {
  socket.socket.disconnect();
  vi.useRealTimers();
});

const wish = (total: number, recent = 0): Wish => ({ total, recent });

async function followed(wanted: Record<string, Wish>): Promise<WantedStore> {
  server.snapshots[TOPIC] = { wanted };
  const store = new WantedStore();
  store.follow(socket, 1);
  await vi.advanceTimersByTimeAsync(0);
  return store;
}

test("the hottest is asked for most just now, then in all, and is not on air", async () => {
  const store = await followed({ 1: wish(90, 9), 2: wish(50), 3: wish(4, 2), 4: wish(7, 2) });
  expect(store.hottest(lines, lines[0])?.id).toBe(4);
  expect(store.hottest(lines, lines[3])?.id).toBe(1);
  expect(store.hottest(lines, undefined)?.id).toBe(1);
  server.broadcast(TOPIC, "wanted", { wanted: { 2: wish(51), 3: wish(5) } });
  expect(store.hottest(lines, lines[0])?.id).toBe(2);
});

test("where nobody asks there is none, nor is a line that was taken out", async () => {
  const store = await followed({ 1: wish(3, 1), 2: wish(0), 99: wish(5, 5) });
  expect(store.hottest(lines, lines[0])).toBe(undefined);
});

test("no other line is hotter, whatever the counts", async () => {
  const store = await followed({});
  const counts = fc.array(fc.record({ total: fc.nat(20), recent: fc.nat(3) }), { maxLength: 4 });
  fc.assert(
    fc.property(counts, fc.nat(3), (some, onAir) => {
      store.wishes = new Map(some.map((one, index) => [index + 1, one]));
      const heat = (id: number) =>
        (store.wishes.get(id)?.recent ?? 0) * 1000 + (store.wishes.get(id)?.total ?? 0);
      const found = store.hottest(lines, lines[onAir]);
      const others = lines.filter((one) => one !== lines[onAir] && store.wishes.get(one.id)?.total);
      expect(found === undefined).toBe(others.length === 0);
      if (found) expect(heat(found.id)).toBe(Math.max(...others.map(({ id }) => heat(id))));
    }),
  );
});

test("a server that refuses it has no counts", async () => {
  server.refusals[TOPIC] = { reason: "forbidden", message: "No." };
  const store = await followed({ 1: wish(3) });
  expect([store.served, store.wishes.size]).toEqual([false, 0]);
});

test("a count is a number, and more than a colour when it is hot", () => {
  expect([wish(12), wish(12, 3), wish(5000, 250)].map(wishMark)).toEqual(["12×", "12 +3", "999 +99"]);
  expect([wish(1), wish(12, 3)].map(wishWords)).toEqual([
    "Asked for once",
    "Asked for 12 times, 3 in the last two minutes",
  ]);
});

test("only the rows whose counts changed hear of it", () => {
  const marks = new LineupMarks();
  marks.keep([1, 2, 3]);
  marks.ask(
    new Map([
      [1, wish(2)],
      [2, wish(3)],
    ]),
  );
  const before = marks.of(1).wish;
  marks.ask(
    new Map([
      [1, wish(2)],
      [3, wish(1)],
    ]),
  );
  expect(marks.of(1).wish).toBe(before);
  expect([marks.of(2).wish, marks.of(3).wish]).toEqual([undefined, wish(1)]);
});
