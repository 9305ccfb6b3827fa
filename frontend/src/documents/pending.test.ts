/** Unsent changes on the browser's shelf: whose they are, and that none is lost on the way from one to another. */

import { expect, test } from "vitest";
import { MemoryBrowser, Pending, type Kept } from "./pending";

const kept = (...names: string[]): Kept => ({
  parts: names.map((name) => ({
    version: 1,
    queue: [{ change: [{ insert: name }], op_id: name, sent: false, edits: 1 }],
  })),
  rescued: [],
});
const NOTHING: Kept = { parts: [], rescued: [] };
const names = (found: Kept[]) => found.flatMap(({ parts }) => parts.map((part) => part.queue[0]!.op_id));

async function adopted(pending: Pending): Promise<string[]> {
  const found: Kept[] = [];
  await pending.adopt((more) => found.push(...more));
  return names(found).sort();
}

function windows(browser = new MemoryBrowser()) {
  return { browser, open: (person = 1, document = 7) => new Pending(browser, browser, person, document) };
}

test("another window's are its own until it is gone", async () => {
  const { browser, open } = windows();
  const [one, two] = [open(), open()];
  await one.save(kept("a"));
  expect(await adopted(two)).toEqual([]);
  browser.leave(one.window);
  expect(await adopted(two)).toEqual(["a"]);
  expect(await adopted(two)).toEqual([]);
});

test("another person's and another document's are never taken", async () => {
  const { browser, open } = windows();
  const one = open();
  await one.save(kept("a"));
  browser.leave(one.window);
  expect(await adopted(open(2))).toEqual([]);
  expect(await adopted(open(11))).toEqual([]);
  expect(await adopted(open(1, 70))).toEqual([]);
  expect(await adopted(open())).toEqual(["a"]);
});

test("of two windows that look at once one takes it", async () => {
  const { browser, open } = windows();
  const dead = open();
  await dead.save(kept("a"));
  browser.leave(dead.window);
  const [one, two] = [open(), open()];
  const found = await Promise.all([adopted(one), adopted(two)]);
  expect(found.flat()).toEqual(["a"]);
});

test("who dies after taking over, and before writing it down, leaves it to the next", async () => {
  const { browser, open } = windows();
  const dead = open();
  await dead.save(kept("a"));
  browser.leave(dead.window);
  const second = open();
  await adopted(second);
  browser.leave(second.window);
  const third = open();
  expect(await adopted(third)).toEqual(["a"]);
  await third.save(kept("a", "b"));
  browser.leave(third.window);
  const fourth = open();
  expect(await adopted(fourth)).toEqual(["a", "b"]);
  await fourth.save(NOTHING);
  browser.leave(fourth.window);
  expect(await adopted(open())).toEqual([]);
});

test("of many saves at once the last one stands", async () => {
  const { browser, open } = windows();
  const one = open();
  let writes = 0;
  const change = browser.change.bind(browser);
  browser.change = async (scope, work) => {
    writes += 1;
    await Promise.resolve();
    return change(scope, work);
  };
  await Promise.all(["a", "b", "c", "d"].map((name) => one.save(kept(name))));
  expect(writes).toBe(2);
  browser.leave(one.window);
  expect(await adopted(open())).toEqual(["d"]);
});

test("a browser that keeps nothing stops nobody", async () => {
  const { browser, open } = windows();
  const full = () => Promise.reject(new Error("The disk is full."));
  Object.assign(browser, { change: full, read: full });
  const one = open();
  await one.save(kept("a"));
  expect(await adopted(one)).toEqual([]);
  await one.close();
});
