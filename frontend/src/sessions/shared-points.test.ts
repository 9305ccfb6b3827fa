import { afterEach, beforeEach, expect, test } from "vitest";
import type { LiveSocket } from "../live/connection";
import { FakeServer } from "../testing/fake-server";
import { SharedPoints } from "./shared-points";

const TOPIC = "document:7";
let server: FakeServer;
let live: LiveSocket;
let points: SharedPoints;
let told: (string | undefined)[];

beforeEach(() => {
  server = new FakeServer();
  server.snapshots[TOPIC] = { contents: [{ insert: "Gold\n" }], version: 3 };
  live = server.connect();
  told = [];
  points = new SharedPoints((id) => told.push(points.of(id)));
});

afterEach(() => live.socket.disconnect());

const says = (text: string) => expect.poll(() => points.of(7)).toBe(`<p>${text}</p>`);
const typed = (text: string, version: number) =>
  server.broadcast(TOPIC, "remote_update", { change: [{ insert: text }], version, op_id: "x", user_id: 1 });

test("what colleagues type is there, change by change", async () => {
  await points.follow(live, [7]);
  await says("Gold");
  typed("White ", 4);
  typed("Real ", 5);
  await says("Real White Gold");
  expect(told).toEqual(["<p>Gold</p>", "<p>White Gold</p>", "<p>Real White Gold</p>"]);
});

test("what was heard before counts once, and what was missed is asked for", async () => {
  await points.follow(live, [7]);
  await says("Gold");
  typed("White ", 4);
  typed("White ", 4);
  server.snapshots[TOPIC] = {
    missed: [
      { change: [{ insert: "B" }], version: 5, op_id: "b", user_id: 1 },
      { change: [{ insert: "C" }], version: 6, op_id: "c", user_id: 1 },
    ],
    version: 6,
  };
  typed("C", 6);
  await says("CBWhite Gold");
  expect(server.params[TOPIC]).toEqual({ since: 4 });
});

test("of a long document what came after its snapshot is added", async () => {
  server.snapshots[TOPIC] = {
    contents: [{ insert: "Gold\n" }],
    at: 3,
    missed: [{ change: [{ retain: 4 }, { insert: "en" }], version: 4, op_id: "a", user_id: 1 }],
    version: 4,
  };
  await points.follow(live, [7]);
  await says("Golden");
});

test("a document that is not near any more is left, and what it said is known", async () => {
  await points.follow(live, [7]);
  await says("Gold");
  await points.follow(live, []);
  typed("Late ", 4);
  await points.follow(live, [7]);
  expect(points.of(7)).toBe("<p>Gold</p>");
  expect(points.of(8)).toBeUndefined();
  await expect.poll(() => server.joins.filter((topic) => topic === TOPIC).length).toBe(2);
});

test("asked to follow another one while the first is on its way, it follows that one only", async () => {
  server.snapshots["document:8"] = { contents: [{ insert: "Silver\n" }], version: 1 };
  const first = points.follow(live, [7]);
  const second = points.follow(live, [8]);
  await Promise.all([first, second]);
  await expect.poll(() => points.of(8)).toBe("<p>Silver</p>");
  expect(server.joins).toEqual(["document:8"]);
});
