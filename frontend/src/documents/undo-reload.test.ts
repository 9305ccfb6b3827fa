/** What was done before a page was reloaded can be taken back after it, and nothing that others did. */

import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryBrowser, Pending, withoutTurns } from "./pending";
import { refusal, SimulatedServer } from "./testing/server";
import { Window } from "./testing/window";
import type { Delta } from "./types";
import { PAUSE_MS, UndoStacks } from "./undo";

const pass = (milliseconds = 10) => vi.advanceTimersByTimeAsync(milliseconds);
const DAY_MS = 24 * 60 * 60 * 1000;

let server: SimulatedServer;
let browser: MemoryBrowser;
const open = async (userId = 1) => {
  const window = new Window(server, browser, userId);
  await pass(200);
  return window;
};
const here = (window: Window) => window.screen.text.plain();

function other(change: Delta): void {
  server.update(9, { change, version: server.version, op_id: crypto.randomUUID() });
}

beforeEach(() => {
  vi.useFakeTimers();
  server = new SimulatedServer([{ insert: "hello\n" }]);
  browser = new MemoryBrowser();
});
afterEach(() => void vi.useRealTimers());

test("after a reload undo takes back one's own, redo does it again, and others' words stay", async () => {
  const mia = await open();
  mia.type("mine", 5);
  await pass(PAUSE_MS);
  mia.type(" too", 9);
  await pass(200);
  mia.die();
  other([{ retain: 7 }, { insert: "TOM" }]);
  other([{ insert: "Oh, " }]);
  const again = await open();
  expect(here(again)).toBe("Oh, hellomiTOMne too\n");
  expect(again.client.undo()).toBe(true);
  expect(here(again)).toBe("Oh, hellomiTOMne\n");
  expect(again.client.undo()).toBe(true);
  expect(here(again)).toBe("Oh, helloTOM\n");
  expect(again.client.undo()).toBe(false);
  await pass(200);
  again.die();
  const third = await open();
  expect(third.client.redo()).toBe(true);
  expect(third.client.redo()).toBe(true);
  await pass(200);
  expect(server.text.plain()).toBe("Oh, hellomiTOMne too\n");
  expect(here(third)).toBe(server.text.plain());
});

test("what had not been sent before the reload is taken back as well", async () => {
  const mia = await open();
  mia.type("A");
  await pass(PAUSE_MS);
  mia.wire.intercept = () => refusal("unavailable");
  mia.type("B", -1);
  await pass(100);
  mia.die();
  other([{ retain: 1 }, { insert: "T" }]);
  const again = await open();
  expect(here(again)).toBe("AThelloB\n");
  again.client.undo();
  expect(here(again)).toBe("AThello\n");
  again.client.undo();
  await pass(200);
  expect(server.text.plain()).toBe("Thello\n");
});

test("where the log has lost what was missed, nothing is taken back", async () => {
  const mia = await open();
  mia.type("mine");
  await pass(200);
  mia.die();
  for (let change = 0; change < 5; change += 1) other([{ insert: "." }]);
  server.floor = 4;
  const again = await open();
  expect(again.client.undo()).toBe(false);
  expect(here(again)).toBe(".....minehello\n");
  expect(again.client.rescued).toEqual([]);
});

test("who has begun to write takes back that, and not what another window of theirs did", async () => {
  const mia = await open();
  mia.type("first ");
  await pass(200);
  const second = await open();
  second.type("second ");
  mia.die();
  await pass(31_000);
  expect(second.client.undo()).toBe(true);
  expect(second.client.undo()).toBe(false);
  await pass(200);
  expect(server.text.plain()).toBe("first hello\n");
});

test("after a day, after a sign-out and for another person there is nothing to take back", async () => {
  const mia = await open();
  mia.type("mine ");
  await pass(200);
  mia.die();
  const tom = await open(2);
  expect(tom.client.undo()).toBe(false);
  await browser.change("", withoutTurns);
  const again = await open();
  expect(again.client.undo()).toBe(false);
  again.type("more ");
  await pass(200);
  again.die();
  await pass(DAY_MS);
  expect((await open()).client.undo()).toBe(false);
});

test("a sign-out leaves what was not sent", async () => {
  const mia = await open();
  mia.wire.isCut = true;
  mia.wire.drop();
  mia.type("unsent ");
  await pass();
  mia.die();
  await browser.change("", withoutTurns);
  const again = await open();
  await pass(200);
  expect(server.text.plain()).toBe("unsent hello\n");
  expect(again.client.undo()).toBe(false);
});

test("a hundred steps are kept, and fewer where they are long", () => {
  let at = 0;
  const text = "x".repeat(50_000);
  const stacks = new UndoStacks(
    () => [{ insert: text }],
    () => (at += PAUSE_MS),
  );
  for (let step = 0; step < 150; step += 1) stacks.edited([{ insert: `${step} ` }]);
  const kept = stacks.kept!;
  expect(kept.undos).toHaveLength(100);
  expect(kept.undos.at(-1)).toEqual([{ delete: 4 }]);
  for (let step = 0; step < 5; step += 1) stacks.edited([{ delete: text.length }]);
  expect(stacks.kept!.undos).toHaveLength(2);
});

test("a row of nothing but steps is given up with the next one, and read by nobody twice", async () => {
  const mia = await open();
  mia.type("mine ");
  await pass(200);
  mia.die();
  const again = await open();
  again.die();
  const third = await open();
  expect(third.client.undo()).toBe(true);
  const fourth = new Pending(browser, browser, 1, 1);
  await fourth.adopt(() => expect.fail("it belongs to a window that lives"));
});

test("all that was done before is undone after a reload, and all that others did is left", async () => {
  const keystroke = fc.record({
    own: fc.boolean(),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    over: fc.nat(3),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(keystroke, { maxLength: 25 }), fc.nat(25), async (keystrokes, reload) => {
      server = new SimulatedServer();
      browser = new MemoryBrowser();
      let mia = await open();
      let others = 0;
      for (const [index, { own, at, over }] of keystrokes.entries()) {
        if (index === reload) mia.die();
        const place = Math.floor(at * (server.text.length - 1));
        const before: Delta = place > 0 ? [{ retain: place }] : [];
        if (!own) {
          other([...before, { insert: String.fromCharCode(65 + others) }]);
          others += 1;
        } else if (index < reload) {
          // Lower case is one's own; deleting it takes nothing of others.
          const start = Math.min(place, mia.screen.text.length - 1);
          const gone = /^[a-z]*/.exec(here(mia).slice(start, start + over))![0].length;
          if (gone) mia.edit(start ? [{ retain: start }, { delete: gone }] : [{ delete: gone }]);
          else mia.type("abc"[index % 3]!, start);
        }
        await pass(index % 4 ? 5 : PAUSE_MS);
      }
      await pass(200);
      if (keystrokes.length > reload) mia = await open();
      while (mia.client.undo());
      await pass(500);
      const left = [...server.text.plain().trim()].sort().join("");
      expect(left).toBe(
        Array.from({ length: others }, (_, index) => String.fromCharCode(65 + index)).join(""),
      );
      expect(here(mia)).toBe(server.text.plain());
      mia.die();
    }),
    { numRuns: 60 },
  );
});
