/** Pages nobody looks at: a host's screen behind another window, an overlay in a scene that is off. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeServer } from "../testing/fake-server";
import type { LiveSocket } from "./connection";

// The phoenix client looks for a window once, when it is loaded.
const page = vi.hoisted(() => {
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const window = Object.assign(new EventTarget(), { document });
  Object.assign(globalThis, { document, window });
  return { document, window };
});

let server: FakeServer;
let live: LiveSocket;

function look(visibilityState: "visible" | "hidden"): void {
  page.document.visibilityState = visibilityState;
  page.window.dispatchEvent(new Event("visibilitychange"));
}

beforeEach(async () => {
  vi.useFakeTimers();
  look("visible");
  server = new FakeServer();
  live = server.connect();
  await vi.advanceTimersByTimeAsync(0);
});

afterEach(() => {
  live.close();
  vi.useRealTimers();
});

test("a hidden page comes back all the same", async () => {
  look("hidden");
  server.drop();
  await vi.advanceTimersByTimeAsync(2000);
  expect(live.socket.isConnected()).toBe(true);
});

test("a hidden page comes back after a long time without a server", async () => {
  look("hidden");
  server.up = false;
  server.drop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(server.tries).toBeGreaterThan(100);
  server.up = true;
  await vi.advanceTimersByTimeAsync(3000);
  expect(live.socket.isConnected()).toBe(true);
});

test("hidden with its connection whole, it keeps that one", async () => {
  look("hidden");
  await vi.advanceTimersByTimeAsync(60_000);
  look("visible");
  await vi.advanceTimersByTimeAsync(60_000);
  expect([live.socket.isConnected(), server.tries]).toEqual([true, 1]);
});

test("shown again, it tries at once", async () => {
  look("hidden");
  server.up = false;
  server.drop();
  await vi.advanceTimersByTimeAsync(10_000);
  server.up = true;
  look("visible");
  await vi.advanceTimersByTimeAsync(700);
  expect(live.socket.isConnected()).toBe(true);
});

test("a hidden page that was closed for good stays closed", async () => {
  look("hidden");
  live.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([live.socket.isConnected(), server.tries]).toEqual([false, 1]);
  expect(vi.getTimerCount()).toBe(0);
});
