import { expect, test } from "vitest";
import { facts, item, live, question } from "../sessions/samples";
import { FORMAT, keyOf, momentRow, MOST_KEPT, read, sheetRow, stale, type Moment } from "./record";

const owner = { personId: 7, sessionId: 1 };
const moment: Moment = {
  live: live({ item_id: 2 }),
  can: { drive: false, acknowledge: true },
  heardAt: 5,
  owed: null,
  question: question({ text: "Is it heavy?" }),
};
const sheet = { session: facts, items: [item({ id: 2 })] };

test("what was written is read again", () => {
  expect(read(owner, momentRow(owner, moment, 9), sheetRow(sheet))).toEqual({ ...moment, ...sheet });
});

test("a record from before questions were kept is read, without one", () => {
  const { question: _, ...older } = momentRow(owner, moment, 9);
  expect(read(owner, older, sheetRow(sheet))).toEqual({ ...moment, ...sheet, question: null });
});

test("a record of another format, of another person, of another show, or half of one is none", () => {
  const mine = momentRow(owner, moment, 9);
  for (const [first, second] of [
    [{ ...mine, format: FORMAT + 1 }, sheetRow(sheet)],
    [mine, { ...sheetRow(sheet), format: 0 }],
    [{ ...mine, personId: 8 }, sheetRow(sheet)],
    [mine, sheetRow({ ...sheet, session: { ...facts, id: 2 } })],
    [mine, undefined],
    [undefined, sheetRow(sheet)],
    [null, "text"],
  ])
    expect(read(owner, first, second)).toBe(undefined);
});

test("of one's own shows the newest few stay, of anybody else's none", () => {
  const rows = new Map<string, unknown>();
  for (let sessionId = 1; sessionId <= MOST_KEPT + 2; sessionId += 1) {
    const mine = { personId: 7, sessionId };
    rows.set(keyOf(mine), momentRow(mine, moment, sessionId));
  }
  rows.set("8:1", momentRow({ personId: 8, sessionId: 1 }, moment, 99));
  rows.set("7:50", { format: 0 });
  expect(stale(7, rows).sort()).toEqual(["7:1", "7:2", "7:50", "8:1"]);
});
