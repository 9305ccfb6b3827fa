import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EditorState, TextSelection, type Transaction } from "@tiptap/pm/state";
import type { EditorView } from "@tiptap/pm/view";
import { Binding, type Edits } from "./binding";
import { changeBetween } from "./changes";
import { compose } from "./delta";
import { documentOf, opsOf, positionOf, unitOf } from "./lines";
import { schema } from "./nodes";
import { contents, doings, done, linesIn, stateOf } from "./testing/random";
import type { Delta as Ours } from "./types";

/** An editor's view as far as the binding sees it: no DOM, and an input method that is switched by hand. */
class Hand implements Edits {
  composing = false;
  isDestroyed = false;
  state: EditorState;
  /** What the client has: everything that came in and everything that went out. */
  text: Ours;
  sent: Ours[] = [];
  selected: [number, number] = [0, 0];
  back: Ours = [];
  readonly binding: Binding;
  private readonly plugged;

  constructor(start: Ours, longFrom?: number) {
    this.binding = new Binding(this, undefined, longFrom);
    this.text = start;
    this.state = EditorState.create({ schema, plugins: [this.binding.plugin] });
    this.plugged = this.binding.plugin.spec.view!(this as unknown as EditorView);
    this.binding.reset(start);
  }

  dispatch = (tr: Transaction) => {
    const before = this.state;
    this.state = before.applyTransaction(tr).state;
    this.plugged.update?.(this as unknown as EditorView, before);
  };

  edit(change: Ours): void {
    this.sent.push(change);
    this.text = compose(this.text, change);
  }
  hear(change: Ours): void {
    this.text = compose(this.text, change);
    this.binding.apply(change);
  }
  undo(): boolean {
    if (this.back.length) this.hear(this.back);
    return this.back.length > 0;
  }
  redo = () => false;
  select(anchor: number, head: number): void {
    this.selected = [anchor, head];
  }
  get shown(): Ours {
    return opsOf(linesIn(this.state.doc));
  }
  caretAt(unit: number): void {
    this.dispatch(
      this.state.tr.setSelection(TextSelection.create(this.state.doc, positionOf(this.state.doc, unit))),
    );
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("requestAnimationFrame", (act: () => void) => setTimeout(act, 16));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what is typed goes out, what others write comes in and does not go out again", () => {
  const hand = new Hand([{ insert: "one\ntwo\n" }]);
  hand.dispatch(hand.state.tr.insertText("x", 1));
  expect(hand.sent).toEqual([[{ insert: "x" }]]);
  hand.hear([{ retain: 5 }, { insert: "y" }]);
  expect(hand.shown).toEqual([{ insert: "xone\nytwo\n" }]);
  expect(hand.sent).toHaveLength(1);
});

test("a neighbour's typing does not push the caret, and text before it does", () => {
  const hand = new Hand([{ insert: "one\ntwo\n" }]);
  hand.caretAt(5);
  hand.hear([{ retain: 5 }, { insert: "y" }]);
  expect(unitOf(hand.state.doc, hand.state.selection.head)).toBe(5);
  hand.hear([{ insert: "aa\n" }]);
  expect(unitOf(hand.state.doc, hand.state.selection.head)).toBe(8);
});

test("taking something back goes to where it was", () => {
  const hand = new Hand([{ insert: "one\ntwo\n" }]);
  hand.back = [{ retain: 4 }, { insert: "again " }];
  expect(hand.binding.undo()).toBe(true);
  expect(unitOf(hand.state.doc, hand.state.selection.head)).toBe(10);
  hand.back = [];
  expect(hand.binding.undo()).toBe(false);
});

test("a line that is being composed is left alone until it has been", () => {
  const hand = new Hand([{ insert: "one\ntwo\n" }]);
  hand.caretAt(7);
  hand.composing = true;
  hand.hear([{ insert: "A" }]);
  expect(hand.shown).toEqual([{ insert: "Aone\ntwo\n" }]);
  hand.hear([{ retain: 5 }, { insert: "B" }]);
  expect(hand.shown).toEqual([{ insert: "Aone\ntwo\n" }]);
  hand.dispatch(hand.state.tr.insertText("か"));
  expect(hand.sent.at(-1)).toEqual([{ retain: 9 }, { insert: "か" }]);
  vi.advanceTimersByTime(1000);
  expect(hand.shown).toEqual([{ insert: "Aone\ntwoか\n" }]);
  hand.composing = false;
  hand.dispatch(hand.state.tr);
  vi.advanceTimersByTime(1000);
  expect(hand.shown).toEqual([{ insert: "Aone\nBtwoか\n" }]);
});

test.each([
  ["a short text", undefined],
  ["a long one, where what is heard gathers", 0],
])(
  "whatever is composed and heard meanwhile, the screen shows the client's text in the end: %s",
  (_, longFrom) => {
    const turn = fc.oneof(
      fc.record({ hears: doings }),
      fc.record({ types: doings }),
      fc.record({ composing: fc.boolean() }),
      fc.record({ pause: fc.nat(120) }),
      fc.record({ accepts: doings }),
    );
    fc.assert(
      fc.property(contents, fc.array(turn, { maxLength: 8 }), (start, turns) => {
        const hand = new Hand(start, longFrom);
        for (const one of turns) {
          if ("composing" in one) hand.composing = one.composing;
          else if ("pause" in one) vi.advanceTimersByTime(one.pause);
          else if ("accepts" in one) {
            const { delta } = changeBetween(hand.state.doc, done(hand.state, one.accepts).doc);
            expect(hand.binding.do(delta)).toBe(!hand.composing);
          } else if ("types" in one) {
            const { tr } = hand.state;
            for (const doing of one.types) doing(tr);
            hand.dispatch(tr);
          } else {
            const theirs = stateOf(hand.text);
            hand.hear(changeBetween(theirs.doc, done(theirs, one.hears).doc).delta);
          }
        }
        hand.composing = false;
        hand.dispatch(hand.state.tr);
        vi.advanceTimersByTime(1000);
        expect(hand.binding.held).toEqual([]);
        expect(hand.state.doc.eq(documentOf(hand.text))).toBe(true);
      }),
      { numRuns: 300 },
    );
  },
  60_000,
);

test("in a long text what others write is shown ten times a second at most, and an undo at once", () => {
  const hand = new Hand([{ insert: "one\ntwo\n" }], 1);
  const dispatch = vi.spyOn(hand, "dispatch");
  hand.hear([{ insert: "a" }]);
  expect(hand.shown).toEqual([{ insert: "aone\ntwo\n" }]);
  hand.hear([{ retain: 1 }, { insert: "b" }]);
  hand.hear([{ retain: 2 }, { insert: "c" }]);
  expect(hand.shown).toEqual([{ insert: "aone\ntwo\n" }]);
  vi.advanceTimersByTime(100);
  expect(hand.shown).toEqual([{ insert: "abcone\ntwo\n" }]);
  hand.hear([{ delete: 1 }]);
  hand.back = [{ insert: "back " }];
  expect(hand.binding.undo()).toBe(true);
  expect(hand.shown).toEqual([{ insert: "back bcone\ntwo\n" }]);
  expect(dispatch.mock.calls.length).toBeLessThanOrEqual(4);
});

test("in a long text a key never waits for what others do: that is shown after the key's frame", () => {
  const hand = new Hand([{ insert: "one\ntwo\n" }], 1);
  const ada = { window: "a1", user_id: 3, name: "Ada", anchor: 1, head: 1, idle: false };
  hand.hear([{ insert: "a" }]);
  const carets = () => hand.binding.key.getState(hand.state)!.marks.carets;
  for (let key = 1; key <= 5; key += 1) {
    vi.advanceTimersByTime(50);
    hand.hear([{ insert: "b" }]);
    hand.binding.showCarets(() => [{ ...ada, anchor: key, head: key }]);
    vi.advanceTimersByTime(40);
    hand.dispatch(hand.state.tr.insertText("x", 1));
    expect(hand.shown).toEqual([{ insert: `x${"bx".repeat(key - 1)}aone\ntwo\n` }]);
    vi.advanceTimersByTime(17);
    expect(hand.shown).toEqual([{ insert: `${"bx".repeat(key)}aone\ntwo\n` }]);
    expect(carets()).toMatchObject([{ head: key }]);
  }
  // Somebody who stops typing sees it a moment later, without a key.
  hand.hear([{ insert: "end" }]);
  vi.advanceTimersByTime(300);
  expect(hand.shown).toEqual([{ insert: `end${"bx".repeat(5)}aone\ntwo\n` }]);
  expect(hand.sent).toHaveLength(5);
});

test("others' carets move with the text, and their new words go out after a while", () => {
  const hand = new Hand([{ insert: "one\ntwo\n" }]);
  const ada = { window: "a1", user_id: 3, name: "Ada", anchor: 5, head: 6, idle: false };
  hand.binding.showCarets(() => [ada]);
  const shown = () => hand.binding.key.getState(hand.state)!;
  hand.dispatch(hand.state.tr.insertText("xx", 1));
  expect(shown().marks.carets).toEqual([{ ...ada, anchor: 7, head: 8 }]);
  hand.hear([{ insert: "new words " }]);
  expect(shown().marks.carets[0]).toMatchObject({ anchor: 17, head: 18 });
  expect(shown().marks.fresh).toMatchObject([{ from: 0, to: 10 }]);
  expect(shown().decorations.find()).toHaveLength(3);
  vi.runAllTimers();
  expect(shown().marks.fresh).toEqual([]);
});

test("what others write costs one transaction each, and their carets and lights a few a second", () => {
  const hand = new Hand([{ insert: "one\ntwo\n" }]);
  const dispatch = vi.spyOn(hand, "dispatch");
  const ada = { window: "a1", user_id: 3, name: "Ada", anchor: 0, head: 0, idle: false };
  // A second of five who type five keys each.
  for (let key = 1; key <= 25; key += 1) {
    hand.hear([{ retain: key - 1 }, { insert: "x" }]);
    hand.binding.showCarets(() => [{ ...ada, anchor: key, head: key }]);
    vi.advanceTimersByTime(40);
  }
  expect(hand.binding.key.getState(hand.state)!.marks.carets).toEqual([{ ...ada, anchor: 25, head: 25 }]);
  vi.runAllTimers();
  expect(hand.binding.key.getState(hand.state)!.marks.fresh).toEqual([]);
  expect(dispatch.mock.calls.length).toBeLessThanOrEqual(25 + 11 + 5);
});
