/** Taking back: one's own, step by step, whatever others write meanwhile. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { compose, same, transform } from "./delta";
import { changeOf, documents, intents } from "./testing/changes";
import { Text } from "./text";
import type { Delta } from "./types";
import { PAUSE_MS, UndoStacks } from "./undo";

/** A screen without a server. */
class Desk {
  text: Text;
  now = 0;
  readonly stacks = new UndoStacks(
    (start, end) => this.text.slice(start, end),
    () => this.now,
  );

  constructor(document: Delta) {
    this.text = Text.of(document);
  }

  edit(change: Delta): void {
    this.stacks.edited(change);
    this.text = this.text.apply(change);
  }

  type(text: string, place: number): void {
    for (const letter of text) {
      this.edit(place > 0 ? [{ retain: place }, { insert: letter }] : [{ insert: letter }]);
      place += letter.length;
      this.now += 50;
    }
  }

  remote(change: Delta): void {
    this.stacks.remote(change);
    this.text = this.text.apply(change);
  }

  turn(way: "undo" | "redo"): boolean {
    const change = this.stacks[way]();
    if (change) this.text = this.text.apply(change);
    return change !== undefined;
  }
}

test("a step is a word with the space after it", () => {
  const desk = new Desk([{ insert: "\n" }]);
  desk.type("one two  three", 0);
  const seen = [];
  while (desk.turn("undo")) seen.push(desk.text.plain());
  expect(seen).toEqual(["one two  \n", "one \n", "\n"]);
  while (desk.turn("redo")) seen.push(desk.text.plain());
  expect(seen.slice(3)).toEqual(["one \n", "one two  \n", "one two  three\n"]);
});

test("a pause, another place or another kind of edit begins a new step", () => {
  const desk = new Desk([{ insert: "text\n" }]);
  desk.type("ab", 4);
  desk.now += PAUSE_MS;
  desk.type("cd", 6);
  desk.type("x", 0);
  desk.edit([{ retain: 8 }, { delete: 1 }]);
  desk.edit([{ retain: 7 }, { delete: 1 }]);
  expect(desk.text.plain()).toBe("xtextab\n");
  const seen = [];
  while (desk.turn("undo")) seen.push(desk.text.plain());
  expect(seen).toEqual(["xtextabcd\n", "textabcd\n", "textab\n", "text\n"]);
});

test.each([
  ["backwards", [4, 3, 2, 1, 0]],
  ["forwards", [0, 1, 2, 3, 4]],
])("letters struck %s one after the other are one step", (_, places) => {
  const desk = new Desk([{ insert: "hello\n" }]);
  for (const place of places) {
    const struck = { retain: 1, attributes: { deleted: "7:a suggestion" } };
    desk.edit(place > 0 ? [{ retain: place }, struck] : [struck]);
    desk.now += 50;
  }
  desk.turn("undo");
  expect(desk.text.contents()).toEqual([{ insert: "hello\n" }]);
  expect(desk.turn("undo")).toBe(false);
});

test("letters struck at two places are two steps", () => {
  const desk = new Desk([{ insert: "hello\n" }]);
  const struck = { retain: 1, attributes: { deleted: "7:a suggestion" } };
  desk.edit([{ retain: 4 }, struck]);
  desk.edit([{ retain: 1 }, struck]);
  desk.turn("undo");
  expect(desk.text.contents()).toMatchObject([{ insert: "hell" }, { insert: "o" }, { insert: "\n" }]);
});

test("typing goes on as one step while somebody else writes elsewhere", () => {
  const desk = new Desk([{ insert: "text\n" }]);
  desk.type("ab", 4);
  desk.remote([{ insert: "T " }]);
  desk.type("cd", 8);
  expect(desk.turn("undo")).toBe(true);
  expect(desk.text.plain()).toBe("T text\n");
  expect(desk.turn("undo")).toBe(false);
});

test("a new edit ends what could be done again", () => {
  const desk = new Desk([{ insert: "\n" }]);
  desk.type("a", 0);
  desk.turn("undo");
  desk.type("b", 0);
  expect(desk.stacks.canRedo).toBe(false);
  expect(desk.turn("redo")).toBe(false);
});

test("what somebody else has taken away needs no undo", () => {
  const desk = new Desk([{ insert: "\n" }]);
  desk.type("gone", 0);
  desk.remote([{ delete: 4 }]);
  expect(desk.stacks.canUndo).toBe(false);
});

test("undo is never an edit done again", () => {
  const desk = new Desk([{ insert: "Hello\n" }]);
  desk.edit([{ retain: 5 }, { insert: " World" }]);
  expect(desk.stacks.undo()).toEqual([{ retain: 5 }, { delete: 6 }]);
});

test("all undone, only what others did is left; all done again, everything is", () => {
  const steps = fc.array(fc.record({ mine: fc.boolean(), intent: intents }), { maxLength: 10 });
  fc.assert(
    fc.property(documents, steps, (base, script) => {
      const desk = new Desk(base);
      // What others did alone, with what is mine taken out again.
      let others = base;
      let mine: Delta = [];
      for (const { mine: own, intent } of script) {
        desk.now += 2 * PAUSE_MS;
        if (own) {
          const change = changeOf(desk.text.contents(), intent);
          if (change.length === 0) continue;
          desk.edit(change);
          mine = compose(mine, change);
        } else {
          const change = changeOf(others, intent);
          others = compose(others, change);
          desk.remote(transform(mine, change, false));
          mine = transform(change, mine, true);
        }
      }
      const before = desk.text.contents();
      while (desk.turn("undo"));
      const undone = desk.text.plain();
      // Letters that I deleted come back even where others deleted them, too; nothing of theirs is missing.
      if (script.every((step) => !step.mine)) expect(same(desk.text.contents(), others)).toBe(true);
      if (script.every((step) => step.mine)) expect(same(desk.text.contents(), base)).toBe(true);
      while (desk.turn("redo"));
      if (script.every((step) => step.mine)) expect(same(desk.text.contents(), before)).toBe(true);
      while (desk.turn("undo"));
      expect(desk.text.plain()).toBe(undone);
    }),
    { numRuns: 300 },
  );
}, 30_000);

test("what others typed survives all my undoing", () => {
  const steps = fc.array(fc.record({ mine: fc.boolean(), at: fc.nat(30), goes: fc.nat(3) }), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(steps, (script) => {
      const desk = new Desk([{ insert: "base text\n" }]);
      for (const [index, { mine, at, goes }] of script.entries()) {
        desk.now += 2 * PAUSE_MS;
        const place = at % desk.text.length;
        const keep: Delta = place > 0 ? [{ retain: place }] : [];
        if (!mine) desk.remote([...keep, { insert: String.fromCharCode(0x391 + index) }]);
        // Mine takes away no Greek letter: it would come back with the undo, as it should.
        else if (
          goes < 2 ||
          /[Α-Ω]/.test(desk.text.plain().slice(place, place + 1)) ||
          place === desk.text.length - 1
        )
          desk.edit([...keep, { insert: "m" }]);
        else desk.edit([...keep, { delete: 1 }]);
      }
      while (desk.turn("undo"));
      expect(desk.text.plain().replace(/[Α-Ω]/g, "")).toBe("base text\n");
      const theirs = script.flatMap(({ mine }, index) => (mine ? [] : [String.fromCharCode(0x391 + index)]));
      expect([...desk.text.plain()].filter((letter) => /[Α-Ω]/.test(letter)).sort()).toEqual(theirs);
    }),
    { numRuns: 300 },
  );
}, 30_000);
