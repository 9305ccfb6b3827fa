/**
 * Suggest mode in the editor: what the hand does becomes its suggestion before anybody else hears of it, so that the
 * screen shows what the delta says. In the other mode what is written stays out of the suggestions around it.
 */

import { Mark, type Node } from "@tiptap/pm/model";
import { Plugin, TextSelection, type EditorState, type Transaction } from "@tiptap/pm/state";
import type { EditorView } from "@tiptap/pm/view";
import { uuid } from "../live/channel";
import { LOADED } from "./binding";
import { changeBetween, differing, within } from "./changes";
import { MOVES } from "./commands";
import { canonical, compose, length, NoChange, opLength, same, slice } from "./delta";
import { lineLength, linesOf, opsOf, positionOf, unitOf } from "./lines";
import { attributeOf, lineAttributes, markOf } from "./nodes";
import { replaceLines } from "./normal";
import { changed, REMOTE } from "./remote";
import { asSuggestion, asWriting, isName, onlyFormats } from "./suggestions";
import type { Attributes, Delta, Op } from "./types";

/** Milliseconds after which what is written next to a suggestion is another one. */
export const STRETCH_MS = 5 * 60_000;

export class SuggestionMode {
  on = false;
  readonly plugin: Plugin;
  /** A change was nothing but formats, which nobody can suggest. */
  onRefused: () => void = () => {};
  private view?: EditorView;
  private present?: { id: string; at: number };
  private fresh: string;

  constructor(
    private readonly person: number,
    private readonly now: () => number = Date.now,
  ) {
    this.fresh = this.newId();
    this.plugin = new Plugin({
      appendTransaction: (transactions, before, after) => this.appended(transactions, before, after),
      props: {
        handleDOMEvents: {
          // What is chosen stays on the page, struck: an input method would lose what it composes in the place of it.
          compositionstart: (view) => {
            if (this.on && !view.state.selection.empty) view.dispatch(view.state.tr.deleteSelection());
            return false;
          },
        },
      },
      view: (view) => ({ update: () => (this.view = view) }),
    });
  }

  private newId = () => `${this.person}:${uuid()}`;

  private appended(
    transactions: readonly Transaction[],
    before: EditorState,
    after: EditorState,
  ): Transaction | null {
    if (transactions.some((tr) => tr.getMeta(REMOTE) || tr.getMeta(LOADED)))
      return this.stored(after.tr, after);
    const moves = transactions.some((tr) => tr.getMeta(MOVES) || tr.getMeta("uiEvent") === "drop");
    const rewritten = moves && !this.on ? undefined : this.rewritten(before, after);
    return this.stored(rewritten ?? after.tr, after, rewritten !== undefined);
  }

  /** What makes of a change what it is in this mode; undefined where it is that. */
  private rewritten(before: EditorState, after: EditorState): Transaction | undefined {
    const found = differing(before.doc, after.doc);
    if (!found) return undefined;
    // From the line before: its newline tells whether the change goes on with a suggestion.
    const first = Math.max(0, found.old.from - 1);
    const now = within(after.doc, { from: first, to: found.now.to });
    if (!this.on && !opsOf(now).some(({ attributes = {} }) => Object.keys(attributes).some(isName)))
      return undefined;
    const start = unitsBefore(before.doc, first);
    const base = opsOf(within(before.doc, { from: first, to: found.old.to }));
    const change = atHand(
      shifted(changeBetween(before.doc, after.doc).delta, start),
      base,
      [unitOf(before.doc, before.selection.from) - start, unitOf(before.doc, before.selection.to) - start],
      unitOf(after.doc, after.selection.head) - start,
    );
    const meant = this.on ? this.suggested(change, base) : asWriting(change);
    if (same(meant, change)) return undefined;
    const { tr } = after;
    let position = 0;
    for (let index = 0; index < first; index++) position += after.doc.child(index).nodeSize;
    replaceLines(tr, position, now, linesOf(changed(base, meant), after.schema));
    const ahead = this.goesAhead(change, unitOf(before.doc, before.selection.from) - start, before);
    const [anchor, head] = [after.selection.anchor, after.selection.head].map((at) =>
      positionOf(tr.doc, start + placeIn(change, meant, unitOf(after.doc, at) - start, ahead)),
    );
    return tr.setSelection(TextSelection.create(tr.doc, anchor!, head));
  }

  private suggested(change: Delta, base: Delta): Delta {
    const id = this.idFor(around(change, base));
    const suggestion = asSuggestion(change, base, id);
    if (onlyFormats(change) && !same(suggestion, change)) this.onRefused();
    if (suggestion.some(({ attributes = {} }) => Object.values(attributes).includes(id))) this.used(id);
    return suggestion;
  }

  /** Whether somebody deletes forwards: then the caret goes on behind what it has struck. */
  private goesAhead(change: Delta, caret: number, before: EditorState): boolean {
    if (!before.selection.empty) return false;
    let at = 0;
    for (const op of change) {
      if (op.delete !== undefined) return at === caret;
      at += op.retain ?? 0;
    }
    return false;
  }

  /** The present suggestion goes on where it is at hand; elsewhere a new one begins. */
  private idFor(neighbours: readonly Attributes[]): string {
    const { present } = this;
    if (!present || this.now() - present.at > STRETCH_MS) return this.fresh;
    const goesOn = neighbours.some(({ inserted, deleted }) => [inserted, deleted].includes(present.id));
    return goesOn ? present.id : this.fresh;
  }

  private used(id: string): void {
    if (id === this.fresh) this.fresh = this.newId();
    this.present = { id, at: this.now() };
  }

  /** With the marks that the next letter gets; null where nothing is to be done. While something is composed they stay. */
  private stored(tr: Transaction, state: EditorState, always = false): Transaction | null {
    const { selection } = tr;
    const rest = always ? tr : null;
    if (!(selection instanceof TextSelection) || !selection.empty || this.view?.composing) return rest;
    const given = state.storedMarks ?? selection.$from.marks();
    const marks = given.filter((mark) => !isName(mark.type.name));
    const wanted = this.on
      ? markOf("inserted", this.idFor(atCaret(selection)), state.schema).addToSet(marks)
      : marks;
    return Mark.sameSet(wanted, given) ? rest : tr.setStoredMarks(wanted);
  }
}

function unitsBefore(doc: Node, line: number): number {
  let units = 0;
  for (let index = 0; index < line; index++) units += lineLength(doc.child(index));
  return units;
}

/** A change counted from a place before which it does nothing. */
function shifted(change: Delta, start: number): Delta {
  const [first, ...rest] = change;
  return first && start ? canonical([{ ...first, retain: first.retain! - start }, ...rest]) : change;
}

/**
 * A change as the hand made it, where the text alone leaves that open: a letter that stands twice was taken away or put
 * in at the caret; what was chosen was replaced as a whole, also where the new word begins like the old one.
 *
 * `chosen` was selected before, `caret` is the place after the change.
 */
function atHand(change: Delta, base: Delta, chosen: [from: number, to: number], caret: number): Delta {
  const [from, to] = chosen;
  const [op, more] = change.filter(({ retain, attributes }) => retain === undefined || attributes) as [
    Op?,
    Op?,
  ];
  if (!op || to >= length(base) || change.some(({ retain, attributes }) => retain && attributes))
    return change;
  try {
    const after = compose(base, change);
    const made: Op[] = [{ retain: Math.max(0, from) }];
    if (to > from) made.push(...slice(after, from, caret), { delete: to - from });
    else if (more) return change;
    else made[0] = { retain: Math.max(0, op.delete ? caret : caret - opLength(op)) };
    if (to === from) made.push(op);
    const meant = canonical(made);
    return from >= 0 && caret >= from - 1 && same(compose(base, meant), after) ? meant : change;
  } catch (error) {
    // In the middle of a character nothing is put in or taken away.
    if (error instanceof NoChange) return change;
    throw error;
  }
}

/** The attributes of what a change touches, and of what stands right before and behind that. */
function around(change: Delta, base: Delta): Attributes[] {
  let [at, from, to] = [0, -1, 0];
  for (const op of change) {
    const touches = op.retain === undefined || op.attributes;
    if (touches && from < 0) from = at;
    if (op.insert === undefined) at += opLength(op);
    if (touches) to = at;
  }
  const found: Attributes[] = [];
  let start = 0;
  for (const op of base) {
    const end = start + opLength(op);
    if (start <= to && end >= from) found.push(op.attributes ?? {});
    start = end;
  }
  return found;
}

/** The attributes on both sides of the caret. */
function atCaret({ $from }: TextSelection): Attributes[] {
  const [before, after] = [$from.nodeBefore, $from.nodeAfter];
  const line = $from.index(0);
  const of = (node: Node | null) => Object.fromEntries((node?.marks ?? []).map(attributeOf));
  return [
    before ? of(before) : line > 0 ? lineAttributes($from.doc.child(line - 1)) : {},
    after ? of(after) : lineAttributes($from.parent),
  ];
}

/**
 * A place after a change as one after what was made of it. What was typed is behind the caret in both; a place where
 * something was deleted has two sides where that still stands, and `ahead` says which.
 */
export function placeIn(change: Delta, meant: Delta, unit: number, ahead: boolean): number {
  let [at, before, typed] = [0, 0, 0];
  let isTyped = false;
  for (const op of change) {
    const count = opLength(op);
    if (op.delete !== undefined) {
      if (at < unit || (at === unit && ahead && !isTyped)) before += count;
      continue;
    }
    if (at >= unit) break;
    const part = Math.min(count, unit - at);
    isTyped = op.insert !== undefined;
    if (isTyped) typed += part;
    else before += part;
    at += part;
  }
  if (at < unit) before += unit - at;
  return isTyped && at === unit ? behindTyped(meant, typed) : behindKept(meant, before);
}

/** The place behind so many inserted units. */
function behindTyped(meant: Delta, typed: number): number {
  let at = 0;
  for (const op of meant) {
    const count = opLength(op);
    if (op.insert !== undefined) {
      if (typed <= count) return at + typed;
      typed -= count;
    }
    if (op.delete === undefined) at += count;
  }
  return at;
}

/** Where a place of the text before has gone. */
function behindKept(meant: Delta, before: number): number {
  let at = 0;
  for (const op of meant) {
    const count = opLength(op);
    if (op.insert !== undefined) {
      if (before <= 0) return at;
      at += count;
    } else {
      const part = Math.min(count, before);
      if (op.delete === undefined) at += part;
      before -= part;
      if (before <= 0 && part < count) return at;
    }
  }
  return at + before;
}
