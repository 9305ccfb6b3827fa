/** Several windows on one document in bad weather: all show the same in the end, and each change is done once. */

import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryBrowser } from "./pending";
import { documents, intents, type Intent } from "./testing/changes";
import { SimulatedServer } from "./testing/server";
import { Window } from "./testing/window";
import type { Delta } from "./types";

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Act =
  | { what: "edit"; who: number; intent: Intent }
  | { what: "undo" | "redo" | "drop" | "reload" | "cut" | "mend"; who: number }
  | { what: "wait"; long: number };

const WINDOWS = 4;
const who = fc.nat(WINDOWS - 1);
const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ what: fc.constant("edit" as const), who, intent: intents }) },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constantFrom(
        "undo" as const,
        "redo" as const,
        "drop" as const,
        "reload" as const,
        "cut" as const,
      ),
      who,
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("mend" as const), who }) },
  { weight: 5, arbitrary: fc.record({ what: fc.constant("wait" as const), long: fc.nat(120) }) },
);

/** Chances from a seed: fast-check's own numbers lean towards 0, and weather that loses everything tests nothing. */
function chances(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
const seeds = fc.integer();

async function settle(windows: Window[]): Promise<void> {
  for (const window of windows) window.wire.isCut = false;
  for (let round = 0; round < 400; round += 1) {
    await pass(100);
    const versions = new Set(windows.map((window) => window.client.version));
    if (versions.size === 1 && windows.every((window) => window.client.saved.state === "saved")) return;
  }
  throw new Error("The windows did not come to rest.");
}

async function play(base: Delta, script: Act[], chance: () => number): Promise<void> {
  const server = new SimulatedServer(base);
  const browser = new MemoryBrowser();
  let calm = false;
  const weather = () => (calm ? 1 : chance() < 0.03 ? undefined : Math.floor(chance() * 60));
  const open = (userId: number) => {
    const window = new Window(server, browser, userId, weather);
    window.wire.copies = () => (!calm && chance() < 0.1 ? 2 : 1);
    return window;
  };
  const windows = Array.from({ length: WINDOWS }, (_, index) => open(index + 1));
  await pass(300);
  for (const act of script) {
    if (act.what === "wait") {
      await pass(act.long);
      continue;
    }
    const window = windows[act.who]!;
    if (act.what === "edit") window.follow(act.intent);
    else if (act.what === "undo") window.client.undo();
    else if (act.what === "redo") window.client.redo();
    else if (act.what === "drop") window.wire.drop();
    else if (act.what === "mend") window.wire.isCut = false;
    else if (act.what === "cut") {
      window.wire.isCut = true;
      window.wire.drop();
    } else {
      // Its disk has had a moment.
      await pass(1);
      window.die();
      windows[act.who] = open(act.who + 1);
    }
  }
  calm = true;
  await settle(windows);
  const all = [server.text.contents(), server.replayed()];
  for (const { client, screen } of windows) all.push(client.contents(), screen.text.contents());
  for (const contents of all) expect(contents).toEqual(all[0]);
  const ids = server.log.map((entry) => entry.op_id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { client } of windows) {
    expect(client.rescued).toEqual([]);
    expect(client.healed).toBe(0);
  }
  for (const window of windows) window.die();
}

test("whatever is lost, repeated, late or reloaded, all windows show the same in the end", async () => {
  await fc.assert(
    fc.asyncProperty(documents, fc.array(acts, { maxLength: 60, size: "max" }), seeds, (base, script, seed) =>
      play(base, script, chances(seed)),
    ),
    { numRuns: 150 },
  );
}, 120_000);

test("every word that is typed is there once, through breaks and reloads", async () => {
  const words = fc.array(
    fc.record({ who, pause: fc.nat(80), then: fc.constantFrom("", "", "drop", "reload", "cut", "mend") }),
    { minLength: 1, maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(words, seeds, async (script, seed) => {
      const server = new SimulatedServer();
      const browser = new MemoryBrowser();
      const chance = chances(seed);
      let calm = false;
      const weather = () => (calm ? 1 : chance() < 0.04 ? undefined : Math.floor(chance() * 50));
      const windows = Array.from(
        { length: WINDOWS },
        (_, index) => new Window(server, browser, index + 1, weather),
      );
      await pass(400);
      const typed: string[] = [];
      for (const [index, { who, pause, then }] of script.entries()) {
        const window = windows[who]!;
        if (window.isOpen) {
          const word = `<${index}>`;
          typed.push(word);
          window.type(word, Math.floor(chance() * 2) && -1);
        }
        await pass(pause + 1);
        if (then === "drop") window.wire.drop();
        else if (then === "mend") window.wire.isCut = false;
        else if (then === "cut") {
          window.wire.isCut = true;
          window.wire.drop();
        } else if (then === "reload") {
          window.die();
          windows[who] = new Window(server, browser, who + 1, weather);
        }
      }
      calm = true;
      await settle(windows);
      const plain = server.text.plain();
      for (const word of typed) expect(plain.split(word)).toHaveLength(2);
      for (const { client } of windows) expect(client.plain).toBe(plain);
      for (const window of windows) window.die();
    }),
    { numRuns: 100 },
  );
}, 120_000);
