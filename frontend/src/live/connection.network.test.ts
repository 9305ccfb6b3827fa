import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeServer } from "../testing/fake-server";

/** The browser's window, as far as it tells of the network. */
let page: EventTarget;
let server: FakeServer;

beforeEach(() => {
  vi.useFakeTimers();
  page = new EventTarget();
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  server = new FakeServer();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("a cable that is pulled is seen at once, and one that is back brings a new connection", async () => {
  const live = server.connect();
  const told: string[] = [];
  live.onStatus((status) => told.push(status));
  await vi.advanceTimersByTimeAsync(0);
  page.dispatchEvent(new Event("offline"));
  expect(told.at(-1)).toBe("reconnecting");
  const { tries } = server;
  page.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(100);
  expect([told.at(-1), server.tries]).toEqual(["connected", tries + 1]);
  live.close();
  page.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(100);
  expect(server.tries).toBe(tries + 1);
});

test("a connection that is dead without knowing it is noticed within ten seconds", async () => {
  const live = server.connect();
  const told: string[] = [];
  live.onStatus((status) => told.push(status));
  await vi.advanceTimersByTimeAsync(6_000);
  server.receive = () => {};
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toContain("reconnecting");
  live.close();
});
