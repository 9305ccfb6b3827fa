import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeServer } from "../testing/fake-server";
import { pause } from "./connection";

let server: FakeServer;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
});

afterEach(() => vi.useRealTimers());

test("it comes back at once, then ever slower, never later than about a second", () => {
  const steps = Array.from({ length: 12 }, (_, index) => pause(index + 1, () => 0.5));
  expect(steps[0]).toBeLessThan(20);
  for (let index = 1; index < steps.length; index += 1)
    expect(steps[index]).toBeGreaterThanOrEqual(steps[index - 1]!);
  expect(steps.at(-1)).toBe(1000);
  expect(pause(50, () => 1)).toBeLessThanOrEqual(1250);
});

test("screens do not come back in one wave", () => {
  const spread = new Set(Array.from({ length: 50 }, () => pause(6)));
  expect(spread.size).toBeGreaterThan(40);
});

test("it says how it stands: connected, reconnecting, connected", async () => {
  const live = server.connect();
  const told: string[] = [];
  live.onStatus((status) => told.push(status));
  await vi.advanceTimersByTimeAsync(0);
  server.drop();
  await vi.advanceTimersByTimeAsync(100);
  expect(told).toEqual(["connected", "reconnecting", "connected"]);
  live.socket.disconnect();
});

test("it tries at once after a break, and from then on never waits more than a moment", async () => {
  const live = server.connect();
  await vi.advanceTimersByTimeAsync(0);
  const triedAt: number[] = [];
  const broke = Date.now();
  server.up = false;
  server.drop();
  for (let tries = server.tries; Date.now() < broke + 60_000; await vi.advanceTimersByTimeAsync(1))
    for (; tries < server.tries; tries += 1) triedAt.push(Date.now() - broke);
  expect(triedAt[0]).toBeLessThan(20);
  expect(triedAt.filter((at) => at < 2000).length).toBeGreaterThan(5);
  for (let index = 1; index < triedAt.length; index += 1)
    expect(triedAt[index]! - triedAt[index - 1]!).toBeLessThanOrEqual(1260);
  live.close();
});

test("a handshake that nobody answers is given up, so that a silent break ends within seconds", async () => {
  const live = server.connect();
  await vi.advanceTimersByTimeAsync(0);
  server.silent = true;
  server.drop();
  await vi.advanceTimersByTimeAsync(300_000);
  expect(live.socket.isConnected()).toBe(false);
  server.silent = false;
  await vi.advanceTimersByTimeAsync(6_500);
  expect(live.socket.isConnected()).toBe(true);
  live.close();
});

test("a connection that falls silent is told of after ten seconds, though nobody agrees that it is closed", async () => {
  const live = server.connect();
  const told: string[] = [];
  live.onStatus((status) => told.push(status));
  await vi.advanceTimersByTimeAsync(0);
  server.silent = true;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toEqual(["connected", "reconnecting"]);
  live.close();
});

test("closed for good, it stays closed", async () => {
  const live = server.connect();
  await vi.advanceTimersByTimeAsync(0);
  live.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([live.socket.isConnected(), server.tries]).toEqual([false, 1]);
  expect(vi.getTimerCount()).toBe(0);
});

test("it never gives up", async () => {
  const live = server.connect();
  await vi.advanceTimersByTimeAsync(0);
  server.up = false;
  server.drop();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(server.tries).toBeGreaterThan(2000);
  server.up = true;
  await vi.advanceTimersByTimeAsync(2000);
  expect(live.socket.isConnected()).toBe(true);
  live.socket.disconnect();
});

test("a server that says nothing for a heartbeat is left and found again", async () => {
  const live = server.connect();
  await vi.advanceTimersByTimeAsync(0);
  const receive = server.receive.bind(server);
  server.receive = () => {};
  await vi.advanceTimersByTimeAsync(31_000);
  server.receive = receive;
  await vi.advanceTimersByTimeAsync(2000);
  expect(server.tries).toBeGreaterThan(1);
  expect(live.socket.isConnected()).toBe(true);
  live.socket.disconnect();
});

test("a page whose sign-in is gone says so and stops asking", async () => {
  let asked = 0;
  const live = server.connect({ signedIn: () => Promise.resolve(++asked > 1 ? false : undefined) });
  const told: string[] = [];
  live.onStatus((status) => told.push(status));
  await vi.advanceTimersByTimeAsync(0);
  server.up = false;
  server.drop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toBe(2); // the first answer told nothing
  expect(told.at(-1)).toBe("signed out");
  const { tries } = server;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.tries).toBe(tries);
});

test("while the server is away, and not the sign-in, it goes on", async () => {
  const live = server.connect({ signedIn: () => Promise.resolve(true) });
  await vi.advanceTimersByTimeAsync(0);
  server.up = false;
  server.drop();
  await vi.advanceTimersByTimeAsync(20_000);
  server.up = true;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(live.socket.isConnected()).toBe(true);
  live.close();
});

test("a connection that breaks each time it opens is not tried ever faster", async () => {
  const live = server.connect();
  await vi.advanceTimersByTimeAsync(0);
  const { tries } = server;
  live.onStatus((status) => status === "connected" && queueMicrotask(() => server.drop()));
  server.drop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.tries - tries).toBeLessThan(25);
  live.close();
});
