import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LiveSocket } from "../live/connection";
import { FakeServer } from "../testing/fake-server";
import { aboutWords, askedWords, byNeed, isAbout, platformName, QuestionsStore } from "./questions.svelte";
import { item, question } from "./samples";

const TOPIC = "questions:7";
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

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const ids = (store: QuestionsStore) => store.open.map(({ id }) => id);
const told = (more: Parameters<typeof question>[0]) =>
  server.broadcast(TOPIC, "question_changed", { ...question(more) });

async function followed(...questions: Parameters<typeof question>[0][]): Promise<QuestionsStore> {
  server.snapshots[TOPIC] = { questions: questions.map(question) };
  const store = new QuestionsStore(1);
  store.follow(socket, 7);
  await pass();
  return store;
}

test("the most asked comes first, of equals the oldest", async () => {
  const store = await followed(
    { id: 1, first_at: "2026-11-27T18:00:09Z" },
    { id: 2, first_at: "2026-11-27T18:00:05.250Z" },
    { id: 3, asked: 4, first_at: "2026-11-27T18:00:20Z" },
    { id: 4, first_at: "2026-11-27T19:00:05+01:00" },
  );
  expect(ids(store)).toEqual([3, 4, 2, 1]);
  told({ id: 1, asked: 5 });
  expect(ids(store)).toEqual([1, 3, 4, 2]);
});

test("whatever order they come in, they stand in one", () => {
  const any = fc.record({
    id: fc.integer({ min: 1, max: 50 }),
    asked: fc.integer({ min: 1, max: 4 }),
    first_at: fc.constantFrom("2026-11-27T18:00:00Z", "2026-11-27T18:00:01Z", "2026-11-27T18:00:02Z"),
  });
  fc.assert(
    fc.property(fc.uniqueArray(any, { selector: ({ id }) => id }), fc.integer(), (rows, seed) => {
      const shuffled = rows.toSorted((a, b) => ((a.id * 31) ^ seed) - ((b.id * 31) ^ seed));
      const sorted = (some: typeof rows) =>
        some
          .map(question)
          .sort(byNeed)
          .map(({ id }) => id);
      expect(sorted(shuffled)).toEqual(sorted(rows));
    }),
  );
});

test("what is done, dismissed or of another show does not wait; what is of no show does", async () => {
  const store = await followed(
    { id: 1, state: "done" },
    { id: 2, state: "dismissed" },
    { id: 3, session_id: 2 },
    { id: 4, session_id: null },
    { id: 5 },
  );
  expect(ids(store)).toEqual([4, 5]);
  expect([1, 2, 4, null, undefined, 99].map((id) => store.openOne(id)?.id)).toEqual([
    undefined,
    undefined,
    4,
    undefined,
    undefined,
    undefined,
  ]);
  told({ id: 5, state: "done" });
  told({ id: 1, state: "open" });
  told({ id: 6 });
  expect(ids(store)).toEqual([1, 4, 6]);
});

test("a change that is told while the snapshot is on its way is not lost", async () => {
  server.joinTakes = 50;
  server.snapshots[TOPIC] = { questions: [question({ id: 1 })] };
  const store = new QuestionsStore(1);
  store.follow(socket, 7);
  await pass();
  told({ id: 1, state: "done" });
  told({ id: 2 });
  expect(store.served).toBe(false);
  await pass(60);
  expect(ids(store)).toEqual([2]);
});

test("a break keeps what is there; the snapshot after it takes its place", async () => {
  const store = await followed({ id: 1 }, { id: 2 });
  server.snapshots[TOPIC] = { questions: [question({ id: 3 })] };
  server.up = false;
  server.drop();
  await pass(2000);
  expect([ids(store), store.openOne(1)?.text]).toEqual([[1, 2], "Question 1?"]);
  server.up = true;
  await pass(2000);
  expect(ids(store)).toEqual([3]);
});

test("a full list after a break does not take away what is older than it reaches", async () => {
  const many = (from: number) =>
    Array.from({ length: 200 }, (_, index) =>
      question({ id: from + index, last_at: "2026-11-27T18:05:00Z" }),
    );
  const store = await followed({ id: 1 }, { id: 2, last_at: "2026-11-27T18:06:00Z" });
  server.snapshots[TOPIC] = { questions: many(100) };
  server.drop();
  await pass(2000);
  expect([store.openOne(1)?.id, store.openOne(2), store.open.length]).toEqual([1, undefined, 201]);
});

test("what a host reads comes beside a full list, and the list reaches no further for that", async () => {
  const many = Array.from({ length: 200 }, (_, index) =>
    question({ id: 100 + index, last_at: "2026-11-27T18:05:00Z" }),
  );
  const store = await followed({ id: 1 }, { id: 2, last_at: "2026-11-27T17:00:00Z" });
  server.snapshots[TOPIC] = { questions: [question({ id: 3, last_at: "2026-11-27T16:00:00Z" }), ...many] };
  server.drop();
  await pass(2000);
  expect([1, 2, 3].map((id) => store.openOne(id)?.id)).toEqual([1, 2, 3]);
});

test("what the browser had kept is read until the server speaks", async () => {
  server.joinTakes = 50;
  const store = await followed({ id: 2 });
  store.restore(question({ id: 1 }));
  expect([store.openOne(1)?.text, store.served]).toEqual(["Question 1?", false]);
  await pass(100);
  expect([store.openOne(1), ids(store), store.served]).toEqual([undefined, [2], true]);
  store.restore(question({ id: 1 }));
  expect(ids(store)).toEqual([2]);
});

test.each(["forbidden", "not_found"])(
  "a server that says %s is asked once, and nothing is shown",
  async (reason) => {
    server.refusals[TOPIC] = { reason, message: "No." };
    const store = await followed({ id: 1 });
    await pass(10_000);
    expect([store.served, ids(store)]).toEqual([false, []]);
    expect(server.joins.filter((topic) => topic === TOPIC)).toHaveLength(1);
    expect((await store.judge(1, "done"))?.reason).toBe(reason);
  },
);

test("a server that has no such topic yet shows nothing, until it has", async () => {
  server.refusals[TOPIC] = { reason: "unmatched topic", message: "There is no such topic." };
  const store = await followed({ id: 1 });
  expect(store.served).toBe(false);
  server.refusals = {};
  await pass(3000);
  expect([store.served, ids(store)]).toEqual([true, [1]]);
});

test("who is shut out sees nothing any more", async () => {
  const store = await followed({ id: 1 });
  server.close(TOPIC);
  expect([store.served, ids(store), store.openOne(1)]).toEqual([false, [], undefined]);
});

test("what becomes of one is told by its id", async () => {
  const store = await followed({ id: 1 });
  server.answer = () => ({});
  for (const verdict of ["done", "dismiss", "reopen"] as const) await store.judge(1, verdict);
  expect(server.pushes.map(({ event, payload }) => [event, payload.id])).toEqual([
    ["done", 1],
    ["dismiss", 1],
    ["reopen", 1],
  ]);
});

test("an answer counts at once on this page, and is taken back on a refusal", async () => {
  const store = await followed({ id: 1 }, { id: 2 });
  server.answer = undefined;
  const judging = store.judge(1, "dismiss");
  expect([ids(store), store.openOne(1)]).toEqual([[2], undefined]);
  await pass();
  server.reply(server.pushes[0]!, { reason: "forbidden", message: "Not you." }, "error");
  expect((await judging)?.message).toBe("Not you.");
  expect(ids(store)).toEqual([1, 2]);
});

test("what is told of one while its answer is on the way stands, whatever becomes of the answer", async () => {
  const store = await followed({ id: 1 });
  server.answer = undefined;
  const judging = store.judge(1, "done");
  await pass();
  told({ id: 1, asked: 3, state: "dismissed" });
  server.reply(server.pushes[0]!, { reason: "forbidden", message: "Not you." }, "error");
  await judging;
  expect([ids(store), store.all.get(1)?.asked]).toEqual([[], 3]);
});

test("a message of the chat is made a question; before there is a connection it is said why not", async () => {
  expect((await new QuestionsStore().mark(5))?.message).toBe("The page is not connected yet.");
  const store = await followed();
  server.answer = () => ({ id: 9 });
  expect(await store.mark(5)).toBe(undefined);
  expect(server.pushes.map(({ event, payload }) => [event, payload.event_id])).toEqual([["mark", 5]]);
});

test("a message of the chat is a question by its id, and not by what it says", async () => {
  const store = await followed({ id: 1, event_id: 51 }, { id: 2, event_id: 52, state: "done" });
  expect([51, 52, 53].map(store.isAsked)).toEqual([true, true, false]);
  told({ id: 3, event_id: 53 });
  expect(store.isAsked(53)).toBe(true);
});

test("a page of the whole studio has the questions of every show, in the same order", async () => {
  server.snapshots[TOPIC] = {
    questions: [
      question({ id: 3, session_id: 2 }),
      question({ id: 2, session_id: null }),
      question({ id: 1 }),
    ],
  };
  const store = new QuestionsStore();
  store.follow(socket, 7);
  await pass();
  expect(ids(store)).toEqual([1, 2, 3]);
});

test("of very many those go that were answered, never one that waits", async () => {
  const store = await followed({ id: 1 }, { id: 2, state: "done" });
  for (let id = 3; id <= 1001; id += 1) told({ id });
  expect([store.all.size, store.all.has(1), store.all.has(2)]).toEqual([1000, true, false]);
});

test("it says how often, where and about what", () => {
  const lines = [item({ id: 5, position: 12, short_name: "Hoops" })];
  expect([1, 2, 1234].map((asked) => askedWords({ asked }))).toEqual(["", "asked 2×", "asked 1,234×"]);
  expect(["tiktok", "youtube", "twitch", "some_place", ""].map(platformName)).toEqual([
    "TikTok",
    "YouTube",
    "Twitch",
    "Some place",
    "",
  ]);
  // As the lineup has it now, not as it was when it was asked.
  expect(aboutWords(question({ item_id: 5, number: 3, product: "Gold hoops" }), lines)).toBe("12 · Hoops");
  expect(aboutWords(question({ item_id: 9, number: 3, product: "Ring" }), lines)).toBe("3 · Ring");
  expect(aboutWords(question({ product_id: 9, product: "Ring" }), lines)).toBe("Ring");
  expect(aboutWords(question(), lines)).toBe("");
});

test("it is about a line by its id, or by its product where it names no line", () => {
  const line = item({ id: 5, product_id: 50 });
  const about = [{ item_id: 5 }, { product_id: 50 }, { item_id: 6, product_id: 50 }, {}, { product_id: 51 }];
  expect(about.map((one) => isAbout(question(one), line))).toEqual([true, true, false, false, false]);
  expect(isAbout(question({ item_id: 5 }), undefined)).toBe(false);
});
