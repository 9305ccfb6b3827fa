import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeServer } from "../testing/fake-server";
import { LiveChannel, Refused, uuid } from "./channel";
import type { LiveSocket } from "./connection";

interface Numbered {
  version: number;
}

const TOPIC = "session:1:meta";
let server: FakeServer;
let live: LiveSocket;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  server.snapshots[TOPIC] = { version: 5 };
  live = server.connect();
});

afterEach(() => {
  live.socket.disconnect();
  vi.useRealTimers();
});

/** Lets messages in flight arrive, and this much time pass. */
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

const channel = () => new LiveChannel<Numbered>(live, TOPIC, {}, (snapshot) => snapshot.version);

test("a join brings the snapshot, and a later one brings it again", async () => {
  const snapshots: number[] = [];
  const topic = channel();
  topic.onSnapshot((snapshot) => snapshots.push(snapshot.version));
  topic.join();
  await pass();
  server.snapshots[TOPIC] = { version: 9 };
  server.drop();
  await pass(100);
  expect(snapshots).toEqual([5, 9]);
});

test("a state topic takes what is newer and drops what is older", async () => {
  const heard: number[] = [];
  const topic = channel();
  topic.onState<Numbered>("state_changed", (state) => heard.push(state.version));
  topic.join();
  await pass();
  for (const version of [4, 5, 7, 6, 7, 12]) server.broadcast(TOPIC, "state_changed", { version });
  expect(heard).toEqual([7, 12]);
});

test("a log topic takes what follows on what it has", async () => {
  const heard: number[] = [];
  const topic = channel();
  topic.onLog<Numbered>("lineup_changed", (change) => heard.push(change.version));
  topic.join();
  await pass();
  server.broadcast(TOPIC, "lineup_changed", { version: 4, previous: 3 });
  server.broadcast(TOPIC, "lineup_changed", { version: 8, previous: 5 });
  server.broadcast(TOPIC, "lineup_changed", { version: 9, previous: 8 });
  expect(heard).toEqual([8, 9]);
  expect(server.joins).toEqual([TOPIC]);
});

test("a gap in a log topic asks for a new snapshot instead of applying it", async () => {
  const heard: number[] = [];
  const snapshots: number[] = [];
  const topic = channel();
  topic.onSnapshot((snapshot) => snapshots.push(snapshot.version));
  topic.onLog<Numbered>("lineup_changed", (change) => heard.push(change.version));
  topic.join();
  await pass();
  server.snapshots[TOPIC] = { version: 11 };
  server.broadcast(TOPIC, "lineup_changed", { version: 11, previous: 8 });
  await pass(100);
  server.broadcast(TOPIC, "lineup_changed", { version: 12, previous: 11 });
  expect(heard).toEqual([12]);
  expect(snapshots).toEqual([5, 11]);
  expect(server.joins).toHaveLength(2);
});

test("a new snapshot that is long in coming loses nothing that happens meanwhile", async () => {
  const topic = channel();
  let known: number[] = [];
  topic.onSnapshot((snapshot) => (known = [snapshot.version]));
  topic.onLog<Numbered>("lineup_changed", (change) => known.push(change.version));
  topic.join();
  await pass();
  server.joinTakes = 300;
  server.snapshots[TOPIC] = { version: 11 };
  server.broadcast(TOPIC, "lineup_changed", { version: 10, previous: 8 });
  await pass(100);
  server.broadcast(TOPIC, "lineup_changed", { version: 11, previous: 10 });
  await pass(300);
  server.broadcast(TOPIC, "lineup_changed", { version: 12, previous: 11 });
  expect(known).toEqual([11, 12]);
  server.snapshots[TOPIC] = { version: 13 };
  server.crash(TOPIC);
  await pass(100);
  // The snapshot was read before this one happened, and comes after it.
  server.broadcast(TOPIC, "lineup_changed", { version: 14, previous: 13 });
  await pass(300);
  server.broadcast(TOPIC, "lineup_changed", { version: 15, previous: 14 });
  await pass(500);
  expect(known).toEqual([13, 14, 15]);
  expect(server.joins).toHaveLength(3);
});

test("news of a state topic that overtakes the snapshot is not lost, and older news stays out", async () => {
  const heard: number[] = [];
  const topic = channel();
  topic.onState<Numbered>("state_changed", (state) => heard.push(state.version));
  server.joinTakes = 100;
  topic.join();
  await pass();
  server.broadcast(TOPIC, "state_changed", { version: 6 });
  await pass(200);
  server.broadcast(TOPIC, "state_changed", { version: 7 });
  server.broadcast(TOPIC, "state_changed", { version: 6 });
  expect(heard).toEqual([6, 7]);
});

test("each join carries what the page asks of it then", async () => {
  let build = 1;
  new LiveChannel<Numbered>(live, TOPIC, () => ({ build })).join();
  await pass();
  expect(server.params[TOPIC]).toEqual({ build: 1 });
  build = 2;
  server.drop();
  await pass(100);
  expect(server.params[TOPIC]).toEqual({ build: 2 });
});

test("a push is answered, and carries an op id of its own", async () => {
  server.answer = () => ({ version: 6 });
  const topic = channel().join();
  await pass();
  await expect(topic.push("next")).resolves.toEqual({ version: 6 });
  await topic.push("next");
  const ids = server.pushes.map((push) => push.payload.op_id);
  expect(new Set(ids).size).toBe(2);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("a push whose answer was lost is sent again with the same op id", async () => {
  const topic = channel().join();
  await pass();
  const answered = topic.push("next");
  await pass();
  server.drop();
  server.answer = () => ({ version: 6 });
  await pass(200);
  await expect(answered).resolves.toEqual({ version: 6 });
  expect(server.pushes.map((push) => push.event)).toEqual(["next", "next"]);
  expect(server.pushes[1]!.payload).toEqual(server.pushes[0]!.payload);
  await pass(20_000);
  expect(server.pushes).toHaveLength(2);
});

test("what is pressed while the server is away is sent once when it is back, in order", async () => {
  server.answer = () => ({ version: 6 });
  const topic = channel().join();
  await pass();
  server.up = false;
  server.drop();
  const answers = [topic.push("next"), topic.push("previous")];
  await pass(1000);
  expect(server.pushes).toEqual([]);
  server.up = true;
  await pass(2000);
  await Promise.all(answers);
  expect(server.pushes.map((push) => push.event)).toEqual(["next", "previous"]);
});

test("however often it breaks, what was pressed is done once each, in order, and each is answered", async () => {
  const act = fc.constantFrom(
    "press",
    "press",
    "lost answer",
    "lost on the way",
    "drop",
    "crash",
    "forget",
    "wait",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 14 }), async (acts) => {
      const studio = new FakeServer();
      studio.snapshots[TOPIC] = { version: 5 };
      const done = new Map<unknown, { version: number; press: unknown }>();
      let loses = false;
      studio.answer = ({ payload }) => {
        const { op_id: id, press } = payload;
        if (!done.has(id)) done.set(id, { version: done.size + 6, press });
        if (loses) studio.drop();
        loses = false;
        return { version: done.get(id)!.version };
      };
      const socket = studio.connect();
      const topic = new LiveChannel<Numbered>(socket, TOPIC, {}, (snapshot) => snapshot.version).join();
      await pass();
      const answers: Promise<{ version: number }>[] = [];
      const press = () => answers.push(topic.push("next", { press: answers.length }));
      for (const one of acts) {
        if (one === "press") press();
        else if (one === "lost answer") {
          loses = true;
          press();
        } else if (one === "lost on the way") {
          press();
          studio.drop();
        } else if (one === "drop") studio.drop();
        else if (one === "crash") studio.crash(TOPIC);
        else if (one === "forget") studio.forget(TOPIC);
        else await pass(20);
      }
      loses = false;
      await pass(5000);
      const versions = (await Promise.all(answers)).map((answer) => answer.version);
      expect([...done.values()].map((one) => one.press)).toEqual(answers.map((_, index) => index));
      expect(versions).toEqual(answers.map((_, index) => index + 6));
      socket.close();
    }),
    { numRuns: 60 },
  );
});

test("a push the server knows no join for is sent again after a new one", async () => {
  server.answer = () => ({ version: 6 });
  const topic = channel().join();
  await pass();
  server.forget(TOPIC);
  const answered = topic.push("next");
  await pass(200);
  await expect(answered).resolves.toEqual({ version: 6 });
  expect(server.joins).toHaveLength(2);
});

test("a topic that breaks is joined again, and what waited is sent then", async () => {
  const topic = channel().join();
  await pass();
  const answered = topic.push("next");
  await pass();
  server.crash(TOPIC);
  server.answer = () => ({ version: 6 });
  await pass(200);
  await expect(answered).resolves.toEqual({ version: 6 });
  expect(new Set(server.pushes.map((push) => push.payload.op_id)).size).toBe(1);
});

test("what waits when the topic ends is refused at once, and so is what comes after", async () => {
  const topic = channel().join();
  await pass();
  const waiting = topic.push("next").catch((error: Refused) => error.reason);
  await pass();
  server.close(TOPIC);
  await pass();
  expect(await waiting).toBe("closed");
  await expect(topic.push("next")).rejects.toMatchObject({ reason: "closed" });
  expect(server.pushes).toHaveLength(1);
});

test("a server that stays away is said so, and a late return does not send it then", async () => {
  const topic = channel().join();
  await pass();
  server.up = false;
  server.drop();
  const failed = topic.push("next").catch((error: Refused) => error.reason);
  await pass(30_001);
  expect(await failed).toBe("timeout");
  server.up = true;
  await pass(5000);
  expect(server.pushes).toEqual([]);
});

test("a refusal is an error with the server's reason and sentence", async () => {
  const topic = channel().join();
  await pass();
  const failed = topic.push("jump", { number: 99 }).catch((error: unknown) => error);
  await pass();
  server.reply(server.pushes[0]!, { reason: "invalid_position", message: "Invalid product number" }, "error");
  const error = await failed;
  expect(error).toBeInstanceOf(Refused);
  expect((error as Refused).reason).toBe("invalid_position");
  expect((error as Refused).message).toBe("Invalid product number");
});

test("a join that is not allowed is told once and not tried again", async () => {
  server.refusals[TOPIC] = { reason: "not_found", message: "There is nothing here." };
  const told: string[] = [];
  const topic = channel();
  topic.onRefused((refusal) => told.push(refusal.message));
  topic.join();
  await pass(30_000);
  expect(told).toEqual(["There is nothing here."]);
  expect(server.joins).toHaveLength(1);
});

test("a join that fails for now is tried again", async () => {
  server.refusals[TOPIC] = { reason: "unavailable", message: "The database does not answer." };
  const snapshots: number[] = [];
  const told: string[] = [];
  const topic = channel();
  topic.onSnapshot((snapshot) => snapshots.push(snapshot.version));
  topic.onRefused((refusal) => told.push(refusal.message));
  topic.join();
  await pass(500);
  delete server.refusals[TOPIC];
  await pass(2000);
  expect(snapshots).toEqual([5]);
  expect(told).toEqual([]);
});

test("a topic that the server closes is told, one that the page leaves is not", async () => {
  const told: string[] = [];
  const topic = channel();
  topic.onRefused((refusal) => told.push(refusal.reason));
  topic.join();
  await pass();
  topic.leave();
  await pass();
  expect(told).toEqual([]);
  const other = channel();
  other.onRefused((refusal) => told.push(refusal.message));
  other.join();
  await pass();
  server.close(TOPIC);
  await pass(5000);
  expect(told).toEqual(["Your access to this has changed. Reload the page to go on."]);
  expect(server.joins).toHaveLength(2);
});

test("after leaving nothing is heard any more", async () => {
  const heard: number[] = [];
  const topic = channel();
  topic.onState<Numbered>("state_changed", (state) => heard.push(state.version));
  topic.join();
  await pass();
  topic.leave();
  await pass();
  server.broadcast(TOPIC, "state_changed", { version: 6 });
  expect(heard).toEqual([]);
});

test("coming back to a page hears everything once, and breaks bring no second ear", async () => {
  const heard: string[] = [];
  const first = channel();
  first.onState<Numbered>("state_changed", ({ version }) => heard.push(`first ${version}`));
  first.join();
  await pass();
  first.leave();
  await pass();
  const second = channel();
  second.onState<Numbered>("state_changed", ({ version }) => heard.push(`second ${version}`));
  second.join();
  await pass();
  for (let times = 0; times < 3; times += 1) {
    server.drop();
    await pass(100);
  }
  server.broadcast(TOPIC, "state_changed", { version: 6 });
  expect(heard).toEqual(["second 6"]);
  expect(server.joins).toHaveLength(5);
});

test("a page that left does not come back by itself", async () => {
  const topic = channel().join();
  await pass();
  topic.leave();
  await pass();
  server.drop();
  await pass(5000);
  expect(live.socket.isConnected()).toBe(true);
  expect(server.joins).toHaveLength(1);
});

test("where randomUUID is missing, as on a page without HTTPS, ids are made all the same", () => {
  const whole = crypto.randomUUID;
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  const ids = new Set(Array.from({ length: 100 }, uuid));
  Object.defineProperty(crypto, "randomUUID", { value: whole, configurable: true });
  expect(ids.size).toBe(100);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
