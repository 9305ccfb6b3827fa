import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeServer } from "../testing/fake-server";
import type { LiveSocket } from "../live/connection";
import { PresenceStore } from "./presence.svelte";

const TOPIC = "session:1:presence";
const mia = (ref: string, page = "producer") => ({ phx_ref: ref, name: "Mia", page });
let server: FakeServer;
let socket: LiveSocket;

beforeEach(async () => {
  vi.useFakeTimers();
  server = new FakeServer();
  socket = server.connect();
  await vi.advanceTimersByTimeAsync(0);
});

afterEach(() => {
  socket.socket.disconnect();
  vi.useRealTimers();
});

test("one person with two pages is one person; who leaves is gone", async () => {
  const store = new PresenceStore(socket, 1, "producer");
  await vi.advanceTimersByTimeAsync(0);
  server.broadcast(TOPIC, "presence_state", {
    "person:1": { metas: [mia("a"), mia("b", "host")] },
    "person:2": { metas: [{ phx_ref: "c", name: "Tom", page: "host" }] },
  });
  expect(store.people).toEqual([
    { key: "person:1", name: "Mia", pages: ["producer", "host"] },
    { key: "person:2", name: "Tom", pages: ["host"] },
  ]);
  server.broadcast(TOPIC, "presence_diff", {
    joins: {},
    leaves: { "person:1": { metas: [mia("b", "host")] } },
  });
  expect(store.people[0]!.pages).toEqual(["producer"]);
  server.broadcast(TOPIC, "presence_diff", { joins: {}, leaves: { "person:1": { metas: [mia("a")] } } });
  expect(store.people.map((one) => one.name)).toEqual(["Tom"]);
});

const names = (store: PresenceStore) => store.people.map((one) => one.name);
const tom = { "person:2": { metas: [{ phx_ref: "c", name: "Tom", page: "host" }] } };

test("it says which page this is", async () => {
  new PresenceStore(socket, 1, "host");
  await vi.advanceTimersByTimeAsync(0);
  expect(server.params[TOPIC]).toEqual({ page: "host" });
});

test("the host's page says how large it is, at every join and when that changes", async () => {
  const store = new PresenceStore(socket, 1, "host", { width: 1280, height: 800 });
  await vi.advanceTimersByTimeAsync(0);
  expect(server.params[TOPIC]).toEqual({ page: "host", screen: { width: 1280, height: 800 } });
  store.resized({ width: 800, height: 1280 });
  await vi.advanceTimersByTimeAsync(0);
  expect(server.pushes.map(({ event, payload }) => [event, payload])).toEqual([
    ["screen", { width: 800, height: 1280 }],
  ]);
  server.drop();
  await vi.advanceTimersByTimeAsync(200);
  expect(server.params[TOPIC]).toEqual({ page: "host", screen: { width: 800, height: 1280 } });
});

test("one sees how large the host's screen is", async () => {
  const store = new PresenceStore(socket, 1, "producer");
  await vi.advanceTimersByTimeAsync(0);
  const screen = { width: 1920, height: 1080 };
  server.broadcast(TOPIC, "presence_state", {
    "person:1": { metas: [mia("a")] },
    "person:2": { metas: [{ phx_ref: "c", name: "Tom", page: "host", screen }] },
  });
  expect(store.people.map((one) => one.screen)).toEqual([undefined, screen]);
});

test("who comes before the list is there is in it, and who leaves before is not", async () => {
  const store = new PresenceStore(socket, 1, "producer");
  await vi.advanceTimersByTimeAsync(0);
  server.broadcast(TOPIC, "presence_diff", { joins: { "person:1": { metas: [mia("a")] } }, leaves: {} });
  server.broadcast(TOPIC, "presence_diff", { joins: {}, leaves: tom });
  expect(names(store)).toEqual([]);
  server.broadcast(TOPIC, "presence_state", tom);
  expect(names(store)).toEqual(["Mia"]);
});

test("one who leaves twice, or was never here, takes nobody along", async () => {
  const store = new PresenceStore(socket, 1, "producer");
  await vi.advanceTimersByTimeAsync(0);
  server.broadcast(TOPIC, "presence_state", { "person:1": { metas: [mia("a"), mia("b")] }, ...tom });
  for (let times = 0; times < 2; times += 1)
    server.broadcast(TOPIC, "presence_diff", { joins: {}, leaves: { "person:1": { metas: [mia("b")] } } });
  server.broadcast(TOPIC, "presence_diff", { joins: {}, leaves: { "person:9": { metas: [mia("z")] } } });
  expect(names(store)).toEqual(["Mia", "Tom"]);
});

test("after a restart only those are here whom the server names", async () => {
  const store = new PresenceStore(socket, 1, "producer");
  await vi.advanceTimersByTimeAsync(0);
  server.broadcast(TOPIC, "presence_state", { "person:1": { metas: [mia("a")] }, ...tom });
  server.drop();
  expect(names(store)).toEqual(["Mia", "Tom"]);
  await vi.advanceTimersByTimeAsync(200);
  server.broadcast(TOPIC, "presence_state", { "person:1": { metas: [mia("new")] } });
  expect(names(store)).toEqual(["Mia"]);
});

test("where one may not see who is here, it asks once; where the server cannot say now, again", async () => {
  server.refusals[TOPIC] = { reason: "forbidden", message: "You may not do this." };
  new PresenceStore(socket, 1, "producer");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.joins).toHaveLength(1);
  server.refusals[TOPIC] = { reason: "unavailable", message: "The database does not answer." };
  const store = new PresenceStore(socket, 1, "producer");
  await vi.advanceTimersByTimeAsync(1000);
  server.refusals = {};
  await vi.advanceTimersByTimeAsync(2000);
  server.broadcast(TOPIC, "presence_state", tom);
  expect(names(store)).toEqual(["Tom"]);
});
