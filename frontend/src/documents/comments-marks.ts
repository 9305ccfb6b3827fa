/**
 * Comments in the text: what is marked is drawn where the page knows an open thread of it, and plain elsewhere. Also for
 * those who may comment and not write: they have a caret to choose text with, and nothing that they type is done.
 */

import type { Node } from "@tiptap/pm/model";
import { Plugin, PluginKey, type EditorState, type Transaction } from "@tiptap/pm/state";
import { Decoration, DecorationSet, type EditorView } from "@tiptap/pm/view";
import { LOADED } from "./binding";
import { transformPosition } from "./delta";
import { positionOf, push, unitOf } from "./lines";
import { movedBy, REMOTE } from "./remote";
import { isInline } from "./schema";
import type { Delta, Op } from "./types";

/** A stretch of one line. */
export interface Piece {
  id: string;
  from: number;
  to: number;
}
export type Range = readonly [from: number, to: number];
type Known = (id: string) => "open" | "resolved" | undefined;

interface Shown {
  open: ReadonlySet<string>;
  active: string | undefined;
  /** What a comment is being written about. */
  chosen: Range | undefined;
  decorations: DecorationSet;
}
type News = Omit<Shown, "decorations">;

/** Lines that nobody changes are the same objects, and are looked through once. Counted from the start of the line. */
const lookedThrough = new WeakMap<Node, readonly Piece[]>();

const commentOf = (node: Node): string | undefined => {
  const value: unknown = node.marks.find((mark) => mark.type.name === "comment")?.attrs.value;
  return isInline("comment", value) ? String(value) : undefined;
};

function piecesIn(line: Node): readonly Piece[] {
  const known = lookedThrough.get(line);
  if (known) return known;
  const pieces: Piece[] = [];
  line.forEach((node, offset) => {
    const id = commentOf(node);
    const last = pieces.at(-1);
    if (last && last.id === id && last.to === offset) last.to += node.nodeSize;
    else if (id) pieces.push({ id, from: offset, to: offset + node.nodeSize });
  });
  lookedThrough.set(line, pieces);
  return pieces;
}

/** Everything that is marked, in the order of the text. */
export function piecesOf(doc: Node): Piece[] {
  const pieces: Piece[] = [];
  doc.forEach((line, offset) => {
    for (const { id, from, to } of piecesIn(line))
      pieces.push({ id, from: offset + 1 + from, to: offset + 1 + to });
  });
  return pieces;
}

/** Where the text of each thread begins. */
export function placesOf(doc: Node): Map<string, number> {
  const places = new Map<string, number>();
  for (const { id, from } of piecesOf(doc)) if (!places.has(id)) places.set(id, from);
  return places;
}

/** What is chosen; where nothing is, the word at the caret. */
export function chosenText({ selection }: EditorState): Range | undefined {
  const { $from, from, to, empty } = selection;
  if (!empty) return [from, to];
  const text = $from.parent.textBetween(0, $from.parent.content.size, "\0", "\0");
  const before = /[\p{L}\p{N}\p{M}'’-]*$/u.exec(text.slice(0, $from.parentOffset))![0].length;
  const after = /^[\p{L}\p{N}\p{M}'’-]*/u.exec(text.slice($from.parentOffset))![0].length;
  return before + after ? [from - before, from + after] : undefined;
}

/** What a new thread may have of a range: no open thread loses its text, and a resolved one only if nothing else is
 * left. Without any, the open thread that has it all. */
export function freeIn(doc: Node, [from, to]: Range, known: Known): Range[] | string | undefined {
  const parts: { id: string | undefined; range: Range }[] = [];
  doc.nodesBetween(from, to, (node, position) => {
    if (!node.isInline) return true;
    const range: Range = [Math.max(from, position), Math.min(to, position + node.nodeSize)];
    if (range[0] < range[1]) parts.push({ id: commentOf(node), range });
    return false;
  });
  const state = ({ id }: { id: string | undefined }) => (id === undefined ? undefined : known(id));
  const never = parts.filter((part) => state(part) === undefined);
  const free = never.length ? never : parts.filter((part) => state(part) === "resolved");
  return free.length ? free.map(({ range }) => range) : parts[0]?.id;
}

/** The change that marks ranges with a thread, made to follow what waits for a composition. */
export function markingOf(doc: Node, ranges: readonly Range[], id: string, held: Delta): Delta {
  const ops: Op[] = [];
  let at = 0;
  for (const [first, last] of ranges) {
    // What others have inserted at its edges is none of it.
    const from = transformPosition(held, unitOf(doc, first), false);
    const to = transformPosition(held, unitOf(doc, last), true);
    if (from > at) push(ops, { retain: from - at });
    if (to > from) push(ops, { retain: to - from, attributes: { comment: id } });
    at = to;
  }
  return ops;
}

/** The open thread that the caret is in. */
function threadAt(state: EditorState, open: ReadonlySet<string>): string | undefined {
  const { $from, empty } = state.selection;
  if (!empty) return undefined;
  const { nodeBefore, nodeAfter } = $from;
  return [nodeAfter, nodeBefore]
    .map((node) => (node ? commentOf(node) : undefined))
    .find((id) => id !== undefined && open.has(id));
}

export class Commenting {
  private readonly key = new PluginKey<Shown>("comments");
  /** Whether what is typed is done. */
  writable = true;
  /** The caret has come into a thread or out of one; by typing, or by going there. */
  onCaret: (id: string | undefined, typed: boolean) => void = () => {};
  onClick: (id: string) => void = () => {};
  private view?: EditorView;
  private news: News = { open: new Set(), active: undefined, chosen: undefined };
  readonly plugin = this.makePlugin();

  /** Which threads are drawn, and which of them is being read. */
  show(open: ReadonlySet<string>, active: string | undefined): void {
    const { news } = this;
    const same = open.size === news.open.size && [...open].every((id) => news.open.has(id));
    if (!same || active !== news.active) this.tell({ ...this.now(), open, active });
  }

  /** What a comment is being written about is drawn, and follows what others write; undefined: nothing is. */
  choose(chosen: Range | undefined): void {
    if (chosen || this.chosen) this.tell({ ...this.now(), chosen });
  }

  get chosen(): Range | undefined {
    return this.now().chosen;
  }

  threadAtCaret(): string | undefined {
    return this.view && threadAt(this.view.state, this.now().open);
  }

  private now(): News {
    return (this.view && this.key.getState(this.view.state)) ?? this.news;
  }

  private tell(news: News): void {
    this.news = news;
    if (this.view && !this.view.isDestroyed)
      this.view.dispatch(this.view.state.tr.setMeta(this.key, news).setMeta("addToHistory", false));
  }

  private makePlugin(): Plugin<Shown> {
    return new Plugin<Shown>({
      key: this.key,
      state: {
        init: (_, { doc }) => ({ ...this.news, decorations: drawn(doc, this.news) }),
        apply: (tr, shown, before) => {
          const told = tr.getMeta(this.key) as News | undefined;
          if (!told && !tr.docChanged) return shown;
          const { open, active, chosen } = told ?? shown;
          const news = { open, active, chosen: chosen && moved(chosen, tr, before.doc) };
          return { ...news, decorations: drawn(tr.doc, news) };
        },
      },
      filterTransaction: (tr) =>
        this.writable || !tr.docChanged || !!tr.getMeta(REMOTE) || !!tr.getMeta(LOADED),
      view: (view) => {
        this.view = view;
        return {
          update: ({ state }, before) => {
            if (!view.hasFocus() || before.selection.eq(state.selection)) return;
            this.onCaret(threadAt(state, this.now().open), before.doc !== state.doc);
          },
          destroy: () => (this.view = undefined),
        };
      },
      props: {
        decorations: (state) => this.key.getState(state)?.decorations,
        attributes: (): Record<string, string> =>
          this.writable ? {} : { "aria-readonly": "true", inputmode: "none" },
        handleKeyDown: (_, event) =>
          !this.writable && (event.ctrlKey || event.metaKey) && ["z", "y"].includes(event.key.toLowerCase()),
        handleDOMEvents: {
          beforeinput: (_, event) => {
            if (!this.writable) event.preventDefault();
            return !this.writable;
          },
        },
        handleClick: (_, __, event) => {
          const mark = event.target instanceof Element && event.target.closest("[data-comment]");
          const id = mark ? mark.getAttribute("data-comment") : null;
          if (id && this.now().open.has(id)) this.onClick(id);
          return false;
        },
      },
    });
  }
}

function moved([from, to]: Range, tr: Transaction, before: Node): Range {
  const change = tr.getMeta(REMOTE) as Delta | undefined;
  if (!change && !tr.getMeta(LOADED)) return [tr.mapping.map(from, 1), tr.mapping.map(to, -1)];
  const at = (position: number) => positionOf(tr.doc, movedBy(change ?? [], unitOf(before, position)));
  return [at(from), at(to)];
}

function drawn(doc: Node, { open, active, chosen }: News): DecorationSet {
  if (!open.size && !chosen) return DecorationSet.empty;
  const all = piecesOf(doc)
    .filter(({ id }) => open.has(id))
    .map(({ id, from, to }) =>
      Decoration.inline(from, to, { class: id === active ? "commented active" : "commented", role: "mark" }),
    );
  if (chosen && chosen[0] < chosen[1])
    all.push(Decoration.inline(...(chosen as [number, number]), { class: "comment-chosen" }));
  return DecorationSet.create(doc, all);
}
