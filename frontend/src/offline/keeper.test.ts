import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { facts, item, live } from "../sessions/samples";
import type { Shelf } from "./database";
import { Keeper } from "./keeper";
import type { Kept, Moment, Sheet } from "./record";

const owner = { personId: 7, sessionId: 1 };
const items = [item()];
const kept = (version: number, more: Partial<Kept> = {}): Kept => ({
  live: live({ version }),
  can: { drive: false, acknowledge: true },
  heardAt: version,
  owed: null,
  question: null,
  session: facts,
  items,
  ...more,
});
let written: { moment: Moment; sheet: Sheet | undefined }[];
let removed: number;
let shelf: Shelf;
let keeper: Keeper;

beforeEach(() => {
  vi.useFakeTimers();
  written = [];
  removed = 0;
  shelf = {
    read: () => Promise.resolve(undefined),
    write: (_, moment, sheet) => Promise.resolve(void written.push({ moment, sheet })),
    remove: () => Promise.resolve(void (removed += 1)),
  };
  keeper = new Keeper(shelf, owner, (work) => work());
});
afterEach(() => vi.useRealTimers());
const versions = () => written.map(({ moment }) => moment.live.version);

test("it writes the newest, at most once a second, and the lineup only when it is another", () => {
  for (let version = 1; version <= 20; version += 1) {
    keeper.keep(kept(version));
    vi.advanceTimersByTime(100);
  }
  vi.advanceTimersByTime(1000);
  expect(versions()).toEqual([10, 20]);
  expect(written.map(({ sheet }) => sheet !== undefined)).toEqual([true, false]);
  keeper.keep(kept(21, { items: [item({ id: 9 })] }));
  vi.advanceTimersByTime(1000);
  expect(written.at(-1)?.sheet?.items[0]?.id).toBe(9);
});

test("a page that goes writes what is left, with when the server was heard last; and nothing twice", () => {
  keeper.keep(kept(1));
  keeper.flush(99);
  expect(written.map(({ moment }) => moment.heardAt)).toEqual([99]);
  keeper.flush(99);
  vi.advanceTimersByTime(5000);
  expect(written).toHaveLength(1);
});

test("what was taken away, or may not be seen, is not written again", async () => {
  keeper.keep(kept(1));
  shelf.onTaken?.();
  keeper.keep(kept(2));
  keeper.flush();
  vi.advanceTimersByTime(5000);
  expect(written).toEqual([]);
  await keeper.forget();
  expect(removed).toBe(1);
});

test("nothing is written before there is anything", () => {
  keeper.flush(5);
  expect(written).toEqual([]);
});
