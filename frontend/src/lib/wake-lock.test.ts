import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepAwake } from "./wake-lock";

class Lock {
  released = false;
  release = () => Promise.resolve(void (this.released = true));
}
let locks: Lock[];
let page: EventTarget & { visibilityState: string };
let told: boolean[];
const settled = () => new Promise((done) => setTimeout(done));
const look = () => page.dispatchEvent(new Event("visibilitychange"));

beforeEach(() => {
  locks = [];
  told = [];
  page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  vi.stubGlobal("document", page);
  vi.stubGlobal("navigator", {
    wakeLock: {
      request: () => {
        locks.push(new Lock());
        return Promise.resolve(locks.at(-1));
      },
    },
  });
});
afterEach(() => vi.unstubAllGlobals());

test("it asks once, and lets go at the end", async () => {
  const stop = keepAwake((awake) => told.push(awake));
  await settled();
  look();
  await settled();
  expect([told, locks.length]).toEqual([[true], 1]);
  stop();
  expect(locks[0]!.released).toBe(true);
  look();
  await settled();
  expect(locks).toHaveLength(1);
});

test("a page that was hidden asks again when it is back", async () => {
  keepAwake((awake) => told.push(awake));
  await settled();
  page.visibilityState = "hidden";
  locks[0]!.released = true;
  look();
  await settled();
  expect(locks).toHaveLength(1);
  page.visibilityState = "visible";
  look();
  await settled();
  expect(locks).toHaveLength(2);
});

test("a refusal is told, and so is a browser that cannot", async () => {
  vi.stubGlobal("navigator", { wakeLock: { request: () => Promise.reject(new Error("low power")) } });
  keepAwake((awake) => told.push(awake));
  await settled();
  vi.stubGlobal("navigator", {});
  keepAwake((awake) => told.push(awake));
  await settled();
  expect(told).toEqual([false, false]);
});

test("a lock that comes after the end is let go", async () => {
  keepAwake(() => told.push(true))();
  await settled();
  expect([told, locks[0]!.released]).toEqual([[], true]);
});
