/**
 * Between the editor and the document's client: what is typed here goes out as a change, what others write comes in as
 * one. While an input method composes, changes of others to that line wait until it has done, since a line made anew
 * under it would lose what is being composed; what is typed meanwhile is rewritten over what waits.
 */

import type { Node } from "@tiptap/pm/model";
import { Plugin, PluginKey, TextSelection, type EditorState, type Transaction } from "@tiptap/pm/state";
import { DecorationSet, type EditorView } from "@tiptap/pm/view";
import { drawn, freshIn, moved, type Caret, type Marks } from "./carets";
import { changeBetween } from "./changes";
import { compose, transform } from "./delta";
import { documentOf, positionOf, unitOf } from "./lines";
import { normalised } from "./normal";
import { movedBy, REMOTE, remoteTransaction, touchedBy } from "./remote";
import type { Delta, View } from "./types";

/** What the client does for the editor; `undo` and `redo` say whether there was anything. */
export interface Edits {
  edit(change: Delta): void;
  undo(): boolean;
  redo(): boolean;
  select(anchor: number, head: number): void;
}

/** Milliseconds after the end of a composition in which the browser still says what was composed. */
const COMPOSED_MS = 60;
/** Milliseconds for which new words of others are lit, and how many of them. */
const FRESH_MS = 2200;
const MOST_FRESH = 50;
/** Milliseconds between two times that carets or lights are drawn for their own sake: each looks at every line. */
const DRAW_EVERY_MS = 100;
const DIM_EVERY_MS = 500;
/**
 * Lines from which on a text is a long one. A browser takes 25 ms for a frame of it, whatever is new in it, so what others
 * do is shown ten times a second at most, and while one types right after the frame of a key: a key never waits for it.
 */
const LONG = 300;
const GATHER_MS = 100;
/** Milliseconds in which the next key of somebody who types is waited for, and for how long at most. */
const TYPING_MS = 200;
const MOST_GATHER_MS = 300;
export const isLong = (doc: Node, from = LONG): boolean => doc.childCount > from;

/** Set on the transaction that shows the document anew. */
export const LOADED = "documents:loaded";
const FRESH = "documents:fresh";
/** Set on a transaction that changes nothing but carets and lights: they, as they are from now on. */
export const MARKS = "documents:marks";

interface Shown {
  marks: Marks;
  decorations: DecorationSet;
}

export class Binding implements View {
  readonly key = new PluginKey<Shown>("documents");
  readonly plugin: Plugin<Shown>;
  /** Changes of others that wait, for a composition or for the next frame of a long text, as one. */
  held: Delta = [];
  /** Whether the document is there. */
  loaded = false;
  private view?: EditorView;
  /** The change that is being carried out is none of the hand's. */
  private following = false;
  private turning = false;
  private carets: () => readonly Caret[] = () => [];
  private drawnAt = -Infinity;
  private shownAt = -Infinity;
  private typedAt = -Infinity;
  private isGathering = false;
  /** Whether what waits does so for a composition. */
  private waitsForInput = false;
  private isDrawing = false;
  private isDimming = false;
  private timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(
    private readonly edits: Edits,
    private readonly onLoad: () => void = () => {},
    private readonly longFrom = LONG,
  ) {
    this.plugin = this.makePlugin();
  }

  reset(contents: Delta): void {
    const { view } = this;
    if (!view) return;
    this.held = [];
    const { doc, selection, schema } = view.state;
    const [anchor, head] = [unitOf(doc, selection.anchor), unitOf(doc, selection.head)];
    const tr = view.state.tr.setMeta(LOADED, true).setMeta("addToHistory", false);
    tr.replaceWith(0, doc.content.size, documentOf(contents, schema).content);
    tr.setSelection(TextSelection.create(tr.doc, positionOf(tr.doc, anchor), positionOf(tr.doc, head)));
    this.loaded = true;
    this.follow(tr);
    this.onLoad();
  }

  apply(change: Delta): void {
    if (!this.view || !change.length) return;
    if (this.composesIn(change)) this.waitsForInput = true;
    const waits = this.held.length || this.waitsForInput || (!this.turning && this.gather());
    if (waits) this.held = compose(this.held, change);
    else this.show(change);
  }

  /** Whether what others do has to wait; it is shown by and by. */
  private gather(): boolean {
    if (!this.isLong) return false;
    const now = Date.now();
    const isTyping = now < this.typedAt + TYPING_MS && now < this.shownAt + MOST_GATHER_MS;
    const wait = isTyping ? GATHER_MS : this.shownAt + GATHER_MS - now;
    if (wait <= 0) return false;
    if (!this.isGathering) {
      this.isGathering = true;
      this.later(wait, () => {
        this.isGathering = false;
        if (!this.gather()) this.release();
      });
    }
    return true;
  }

  private get isLong(): boolean {
    return !!this.view && isLong(this.view.state.doc, this.longFrom);
  }

  /** A key was pressed in a long text: what others did meanwhile is shown when its frame has been. */
  private typed(): void {
    this.typedAt = Date.now();
    if (!this.isGathering || this.typedAt < this.shownAt + GATHER_MS / 2) return;
    requestAnimationFrame(() => this.later(0, () => this.release()));
  }

  /** Does a change that is not made by hand, such as to accept a suggestion; false while something is composed. */
  do(change: Delta): boolean {
    if (!this.view || this.view.composing) return false;
    this.edits.edit(this.overHeld(change));
    this.show(change);
    return true;
  }

  /** Takes back one's own last change, and goes to where it was. */
  undo = (): boolean => this.turn(() => this.edits.undo());
  redo = (): boolean => this.turn(() => this.edits.redo());

  /** Others have moved: `carets` is asked where they are now, soon, and once for all who move until then. */
  showCarets(carets: () => readonly Caret[]): void {
    this.carets = carets;
    if (this.gather()) return;
    const wait = this.drawnAt + DRAW_EVERY_MS - Date.now();
    if (wait <= 0) return this.drawCarets();
    if (this.isDrawing) return;
    this.isDrawing = true;
    this.later(wait, () => {
      this.isDrawing = false;
      this.drawCarets();
    });
  }

  private drawCarets(): void {
    const [now, carets] = [this.marks(), this.carets()];
    this.drawnAt = Date.now();
    if (this.isLong) this.shownAt = this.drawnAt;
    if (!this.view || (!carets.length && !now.carets.length)) return;
    // What waits is not on the screen yet, and a caret cannot be after it.
    const shown = this.held.length ? now.carets : carets;
    if (JSON.stringify(shown) !== JSON.stringify(now.carets)) this.light({ ...now, carets: shown });
  }

  /** Whether a composition is where a change would make the line anew. */
  private composesIn(change: Delta): boolean {
    const { view } = this;
    if (!view?.composing) return false;
    const { $from, $to } = view.state.selection;
    const [from, to] = [$from.index(0), $to.index(0)];
    return touchedBy(view.state.doc, change).some(({ first, last }) => first <= to && last >= from);
  }

  private show(change: Delta): void {
    const view = this.view!;
    this.shownAt = Date.now();
    const tr = remoteTransaction(view.state, change);
    if (this.turning) {
      tr.setSelection(TextSelection.create(tr.doc, positionOf(tr.doc, endOf(change)))).scrollIntoView();
    }
    const fresh = this.turning ? [] : freshIn(change, Date.now() + FRESH_MS);
    this.follow(tr.setMeta(FRESH, fresh));
    if (fresh.length) this.dimLater(FRESH_MS);
  }

  /** Puts out what is new no more: for all that others write, twice a second. */
  private dimLater(ms: number): void {
    if (this.isDimming) return;
    this.isDimming = true;
    this.later(ms, () => {
      this.isDimming = false;
      const { carets, fresh } = this.marks();
      const left = fresh.filter(({ until }) => until > Date.now());
      if (left.length < fresh.length) this.light({ carets, fresh: left });
      if (left.length) this.dimLater(DIM_EVERY_MS);
    });
  }

  private marks(): Marks {
    return (this.view && this.key.getState(this.view.state)?.marks) ?? { carets: [], fresh: [] };
  }

  private light(marks: Marks): void {
    if (this.view && !this.view.isDestroyed)
      this.view.dispatch(this.view.state.tr.setMeta(MARKS, marks).setMeta("addToHistory", false));
  }

  private turn(act: () => boolean): boolean {
    this.release();
    this.turning = true;
    try {
      return act();
    } finally {
      this.turning = false;
    }
  }

  private follow(tr: Transaction): void {
    this.following = true;
    try {
      this.view!.dispatch(tr);
    } finally {
      this.following = false;
    }
  }

  /** What the hand did: out, as if what waits had been there already. */
  private told(before: EditorState, after: EditorState): void {
    if (before.doc !== after.doc) {
      const { delta } = changeBetween(before.doc, after.doc);
      if (delta.length) this.edits.edit(this.overHeld(delta));
      this.typed();
    }
    if (before.doc === after.doc && before.selection.eq(after.selection)) return;
    const [anchor, head] = [after.selection.anchor, after.selection.head].map((at) =>
      movedBy(this.held, unitOf(after.doc, at)),
    );
    if (this.loaded) this.edits.select(anchor!, head!);
  }

  /** A change made under what waits becomes one made over it: what waits is in the log already, so it came first. */
  private overHeld(change: Delta): Delta {
    if (!this.held.length) return change;
    const over = transform(this.held, change, true);
    this.held = transform(change, this.held, false);
    return over;
  }

  private release(): void {
    const { view, held } = this;
    if (!view || view.isDestroyed) return;
    this.waitsForInput = view.composing;
    if (view.composing) return;
    this.held = [];
    if (held.length) this.show(held);
    this.drawCarets();
  }

  private later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      act();
    }, ms);
    this.timers.add(timer);
  }

  private makePlugin(): Plugin<Shown> {
    return new Plugin<Shown>({
      key: this.key,
      state: {
        init: () => ({ marks: { carets: [], fresh: [] }, decorations: DecorationSet.empty }),
        apply: (tr, shown, before) => {
          const told = tr.getMeta(MARKS) as Marks | undefined;
          if (!told && !tr.docChanged) return shown;
          const marks = told ?? moved(shown.marks, tr, before.doc);
          const lit = [...marks.fresh, ...((tr.getMeta(FRESH) as Marks["fresh"] | undefined) ?? [])];
          const now = { carets: marks.carets, fresh: lit.slice(-MOST_FRESH) };
          return { marks: now, decorations: drawn(tr.doc, now) };
        },
      },
      appendTransaction: (transactions, before, after) => {
        const byHand = transactions.some((tr) => tr.docChanged && !tr.getMeta(REMOTE) && !tr.getMeta(LOADED));
        return byHand ? normalised(before.doc, after) : null;
      },
      props: {
        decorations: (state) => this.key.getState(state)?.decorations,
        handleDOMEvents: {
          compositionend: () => {
            this.later(COMPOSED_MS, () => this.release());
            return false;
          },
        },
      },
      view: (view) => {
        this.view = view;
        return {
          update: (now, before) => {
            if (!this.following) this.told(before, now.state);
            if (this.waitsForInput && !now.composing) this.later(COMPOSED_MS, () => this.release());
          },
          destroy: () => {
            for (const timer of this.timers) clearTimeout(timer);
            this.view = undefined;
          },
        };
      },
    });
  }
}

/** Where a change ends, in units of the text after it. */
function endOf(change: Delta): number {
  let [at, end] = [0, 0];
  for (const { insert, retain, attributes } of change) {
    at += insert === undefined ? (retain ?? 0) : typeof insert === "string" ? insert.length : 1;
    if (insert !== undefined || attributes || !retain) end = at;
  }
  return end;
}
