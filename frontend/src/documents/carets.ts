/** Where others are, and what they have just written: decorations, never part of the document. */

import type { Node } from "@tiptap/pm/model";
import type { Transaction } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";
import { colorOf } from "./colors";
import { positionOf, unitOf } from "./lines";
import { movedBy, REMOTE } from "./remote";
import type { Delta } from "./types";

/** Somebody's selection, in units of the delta. */
export interface Caret {
  window: string;
  user_id: number | null;
  name: string;
  anchor: number;
  head: number;
  idle: boolean;
}

/** Units that somebody has just written. */
export interface Fresh {
  from: number;
  to: number;
  /** Milliseconds since 1970: it is not new any more then. */
  until: number;
}

export interface Marks {
  carets: readonly Caret[];
  fresh: readonly Fresh[];
}

/** What becomes of the marks in a transaction. A change of others says exactly what it did; one's own is in its steps. */
export function moved(marks: Marks, tr: Transaction, before: Node): Marks {
  if (!tr.docChanged || (!marks.carets.length && !marks.fresh.length)) return marks;
  const change = tr.getMeta(REMOTE) as Delta | undefined;
  const move = change
    ? (unit: number) => movedBy(change, unit)
    : (unit: number) => unitOf(tr.doc, tr.mapping.map(positionOf(before, unit), -1));
  return {
    carets: marks.carets.map((one) => ({ ...one, anchor: move(one.anchor), head: move(one.head) })),
    fresh: marks.fresh.map(({ from, to, until }) => ({ from: move(from), to: move(to), until })),
  };
}

/** What a change inserts, in units of the text after it: only words, not whole pages. */
export function freshIn(change: Delta, until: number, most = 2000): Fresh[] {
  const fresh: Fresh[] = [];
  let at = 0;
  for (const { insert, retain } of change) {
    const length = insert === undefined ? (retain ?? 0) : typeof insert === "string" ? insert.length : 1;
    if (insert !== undefined && length <= most) fresh.push({ from: at, to: at + length, until });
    at += length;
  }
  return fresh;
}

export function drawn(doc: Node, { carets, fresh }: Marks): DecorationSet {
  const all: Decoration[] = [];
  for (const one of carets) {
    const [anchor, head] = [positionOf(doc, one.anchor), positionOf(doc, one.head)];
    const color = `color-${colorOf(one.user_id, one.window)}`;
    if (anchor !== head)
      all.push(
        Decoration.inline(Math.min(anchor, head), Math.max(anchor, head), { class: `chosen-by ${color}` }),
      );
    all.push(
      Decoration.widget(head, () => flag(one.name, color, one.idle), {
        key: `${one.window}-${one.name}-${one.idle}`,
        side: 10,
        ignoreSelection: true,
        stopEvent: () => true,
      }),
    );
  }
  for (const { from, to } of fresh) {
    const [start, end] = [positionOf(doc, from), positionOf(doc, to)];
    if (start < end) all.push(Decoration.inline(start, end, { class: "fresh" }));
  }
  return DecorationSet.create(doc, all);
}

/** A caret with a name. It is no text: a screen reader hears who is here from the list of people. */
function flag(name: string, color: string, idle: boolean): HTMLElement {
  const caret = document.createElement("span");
  caret.className = `caret ${color}${idle ? " idle" : ""}`;
  caret.setAttribute("aria-hidden", "true");
  const label = document.createElement("span");
  label.className = "caret-name";
  label.dataset.name = name;
  caret.append(label);
  return caret;
}
