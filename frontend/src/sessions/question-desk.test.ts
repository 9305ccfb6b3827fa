import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LiveSocket } from "../live/connection";
import { FakeServer, type Push } from "../testing/fake-server";
import { QuestionDesk } from "./question-desk.svelte";
import { QuestionsStore } from "./questions.svelte";
import { live, meta, question, state } from "./samples";
import { SessionStore } from "./session.svelte";

const STATE = "session:1:state";
const META = "session:1:meta";
const QUESTIONS = "questions:7";
const ME = 3;
let server: FakeServer;
let socket: LiveSocket;
let show: SessionStore;
let desk: QuestionDesk;
let version: number;
let pinned: number | null;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  server.snapshots[STATE] = { ...state() };
  server.snapshots[META] = { ...meta() };
  [version, pinned] = [10, null];
  server.answer = answered;
});

afterEach(() => {
  socket.socket.disconnect();
  vi.useRealTimers();
});

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

/** The server's rules, as far as the desk needs them. */
function answered({ event, payload }: Push): Record<string, unknown> | undefined {
  if (event === "time") return { server_time: new Date().toISOString() };
  if (event === "pin_question") return moved(payload.question_id as number, event);
  if (event === "clear_question") return moved(null, event);
  const become = { done: "done", dismiss: "dismissed", reopen: "open" }[event];
  if (become)
    server.broadcast(QUESTIONS, "question_changed", { ...row(payload.id as number), state: become });
  return {};
}

function moved(to: number | null, kind: string, actor_id = ME): { version: number } {
  pinned = to;
  version += 1;
  server.broadcast(STATE, "state_changed", { ...live({ version, question_id: pinned, kind, actor_id }) });
  return { version };
}

/** Question 3 was asked most, then 1, then 2. */
const row = (id: number) => question({ id, asked: id === 3 ? 4 : 1, first_at: `2026-11-27T18:00:0${id}Z` });

async function opened(...numbers: number[]): Promise<void> {
  server.snapshots[QUESTIONS] = { questions: numbers.map(row) };
  socket = server.connect();
  show = new SessionStore("");
  show.follow(socket, 1);
  const questions = new QuestionsStore(1);
  questions.follow(socket, 7);
  desk = new QuestionDesk(show, questions, ME);
  await pass();
  flushSync();
}

/** What went over the wire about questions. */
const asked = () =>
  server.pushes
    .filter(({ event }) => event !== "time")
    .map(({ event, payload }) => [event, payload.question_id ?? payload.id].join(" ").trim());
const waiting = () => desk.waiting.map(({ id }) => id);

async function news(...those: [number | null, string, number?][]): Promise<void> {
  for (const one of those) {
    moved(...one);
    desk.follow();
    await pass();
  }
}

test("Q shows the most asked; again, that is done and the next is shown, until none is left", async () => {
  await opened(1, 2, 3);
  for (let times = 0; times < 4; times += 1) {
    await desk.next();
    await pass();
  }
  expect(asked()).toEqual([
    "pin_question 3",
    "pin_question 1",
    "done 3",
    "pin_question 2",
    "done 1",
    "clear_question",
    "done 2",
  ]);
  expect([pinned, desk.pinned, waiting()]).toEqual([null, undefined, []]);
  await desk.next();
  expect(show.notice?.text).toBe("No viewer’s question waits");
});

test("a second press before the first is answered is none", async () => {
  await opened(1, 2, 3);
  await Promise.all([desk.next(), desk.next(), pass()]);
  expect(asked()).toEqual(["pin_question 3"]);
});

test("a show that refuses leaves the question as it is", async () => {
  await opened(1, 2);
  await desk.next();
  await pass();
  server.answer = undefined;
  const closing = desk.next();
  await pass();
  server.reply(server.pushes.at(-1)!, { reason: "forbidden", message: "No." }, "error");
  await closing;
  expect(asked()).toEqual(["pin_question 1", "pin_question 2"]);
  expect([desk.pinned?.id, show.commands.failures.map(({ text }) => text)]).toEqual([
    1,
    ["Question to the host: No."],
  ]);
});

test("a verdict that is refused is told", async () => {
  await opened(1);
  server.answer = undefined;
  const closing = desk.close(row(1), "dismiss");
  await pass();
  server.reply(server.pushes.at(-1)!, { reason: "forbidden", message: "No." }, "error");
  await closing;
  expect(show.commands.failures.map(({ text }) => text)).toEqual(["Dismiss the question: No."]);
});

test("one that is picked takes the place of the host's, which waits again", async () => {
  await opened(1, 2, 3);
  await desk.next();
  await pass();
  desk.openList();
  desk.pickDigit(2);
  await pass();
  expect(asked()).toEqual(["pin_question 3", "pin_question 2"]);
  expect([desk.pinned?.id, waiting(), desk.listOpen]).toEqual([2, [3, 1], false]);
});

test("done and dismissed without a next one free the host's screen", async () => {
  await opened(1, 2, 3);
  await desk.next();
  await pass();
  await desk.close(desk.pinned!, "dismiss");
  await desk.close(row(2), "done");
  expect(asked()).toEqual(["pin_question 3", "clear_question", "dismiss 3", "done 2"]);
  expect(waiting()).toEqual([1]);
});

test("one that is done elsewhere is on the host's screen no more, and Q goes on", async () => {
  await opened(1, 2);
  await desk.next();
  await pass();
  server.broadcast(QUESTIONS, "question_changed", { ...row(1), state: "done" });
  expect(desk.pinned).toBe(undefined);
  await desk.next();
  expect(asked()).toEqual(["pin_question 1", "pin_question 2"]);
});

test("digits mean what they meant when the list was opened", async () => {
  await opened(1, 2, 3);
  const digits = () => desk.rows.map(({ question: { id }, digit }) => [id, digit]);
  expect(digits()).toEqual([
    [3, undefined],
    [1, undefined],
    [2, undefined],
  ]);
  desk.openList();
  server.broadcast(QUESTIONS, "question_changed", { ...row(2), asked: 9 });
  server.broadcast(QUESTIONS, "question_changed", { ...row(1), state: "done" });
  server.broadcast(QUESTIONS, "question_changed", { ...row(4), asked: 20 });
  expect(digits()).toEqual([
    [3, 1],
    [2, 3],
    [4, undefined],
  ]);
  desk.pickDigit(2);
  await pass();
  expect([asked(), show.notice?.text, desk.listOpen]).toEqual([[], "There is no question 2", true]);
  desk.pickDigit(3);
  await pass();
  expect(asked()).toEqual(["pin_question 2"]);
});

test("no more than nine have a digit", async () => {
  await opened(...Array.from({ length: 12 }, (_, index) => index + 1));
  desk.openList();
  expect(desk.rows.map(({ digit }) => digit)).toEqual([
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    undefined,
    undefined,
    undefined,
  ]);
});

test("an undo asks again what was answered here, a redo answers it again", async () => {
  await opened(1, 2);
  for (const _ of [1, 2]) {
    await desk.next();
    desk.follow();
    await pass();
  }
  server.pushes.length = 0;
  await news([1, "undo"], [2, "redo"], [1, "undo"]);
  expect(asked()).toEqual(["reopen 1", "done 1", "reopen 1"]);
  expect(desk.pinned?.id).toBe(1);
});

test("what somebody else did, or took back, is theirs", async () => {
  await opened(1, 2);
  await desk.next();
  desk.follow();
  await pass();
  server.broadcast(QUESTIONS, "question_changed", { ...row(1), state: "done" });
  await news([2, "pin_question"], [1, "undo", 8], [null, "undo", 8]);
  expect(asked()).toEqual(["pin_question 1"]);
  expect(desk.pinned).toBe(undefined);
});

test("an undo or a redo that brings back what was answered meanwhile takes it off for good", async () => {
  await opened(1, 2);
  await desk.next();
  desk.follow();
  await pass();
  server.broadcast(QUESTIONS, "question_changed", { ...row(1), state: "done" });
  await news([2, "pin_question"], [1, "undo"]);
  expect(asked()).toEqual(["pin_question 1", "clear_question 1"]);
  expect([pinned, show.notice?.text]).toEqual([null, "That question has been answered meanwhile"]);
  server.broadcast(QUESTIONS, "question_changed", { ...row(2), state: "dismissed" });
  await news([2, "redo"]);
  expect(asked().slice(2)).toEqual(["clear_question 2"]);
  // One that waits stays, and so does one that this page knows nothing of.
  server.broadcast(QUESTIONS, "question_changed", { ...row(1) });
  await news([1, "undo"], [99, "undo"]);
  expect(asked().slice(3)).toEqual([]);
});
