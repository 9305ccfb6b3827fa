/** What can be done to lines and to what is in them. ProseMirror's commands: they say whether they can, and do it. */

import {
  deleteSelection,
  joinForward,
  selectNodeBackward,
  selectNodeForward,
  toggleMark,
} from "@tiptap/pm/commands";
import type { Node } from "@tiptap/pm/model";
import {
  NodeSelection,
  TextSelection,
  type Command,
  type EditorState,
  type Transaction,
} from "@tiptap/pm/state";
import { lineAttributes, markOf } from "./nodes";
import { blockAttributes, isInline, type Block } from "./schema";
import { isName, plainAttributes } from "./suggestions";
import type { Attributes } from "./types";

/** What a line is; it is one of these or plain. */
const KINDS = ["header", "list", "blockquote", "code-block"] as const;
export type Kind = (typeof KINDS)[number];

interface Placed {
  line: Node;
  /** Before the line. */
  position: number;
}

/** The lines of the selection. */
export function chosenLines(state: EditorState): Placed[] {
  const lines: Placed[] = [];
  const { from, to } = state.selection;
  state.doc.nodesBetween(from, to, (line, position) => {
    if (line.type.name === "line") lines.push({ line, position });
    return false;
  });
  return lines;
}

const lineHere = (state: EditorState): Placed => {
  const { $from } = state.selection;
  const index = $from.index(0);
  return { line: state.doc.child(index), position: $from.posAtIndex(index, 0) };
};

export const isCode = (line: Node) => "code-block" in lineAttributes(line);

function put(tr: Transaction, { line, position }: Placed, change: Attributes): void {
  const merged = { ...lineAttributes(line), ...change };
  const kept = Object.fromEntries(Object.entries(merged).filter(([, value]) => value != null));
  tr.setNodeMarkup(position, null, { attributes: Object.keys(kept).length ? kept : null });
}

/** Changes the attributes of the chosen lines; null removes one. */
export function setLines(change: Attributes | ((has: Attributes) => Attributes)): Command {
  return (state, dispatch) => {
    const { tr } = state;
    for (const placed of chosenLines(state))
      put(tr, placed, typeof change === "function" ? change(lineAttributes(placed.line)) : change);
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

const onlyKind = (kind: Kind, value: unknown): Attributes => ({
  ...Object.fromEntries(KINDS.map((one) => [one, null])),
  [kind]: value,
});

/** Whether all chosen lines are this. */
export function linesAre(state: EditorState, name: Block, value: unknown): boolean {
  return chosenLines(state).every(({ line }) => {
    const has = lineAttributes(line)[name];
    return value === "checklist" ? has === "checked" || has === "unchecked" : has === value;
  });
}

/** Makes the chosen lines this, or plain where they all are. */
export function toggleKind(kind: Kind, value: unknown = true): Command {
  return (state, dispatch) => {
    const on = linesAre(state, kind, value === "unchecked" ? "checklist" : value);
    return setLines(onlyKind(kind, on ? null : value))(state, dispatch);
  };
}

export const plain: Command = setLines(onlyKind("header", null));

export const align = (value: "center" | "right" | "justify" | null) => setLines({ align: value });

/** One step in or out. */
export function indent(by: 1 | -1): Command {
  return setLines((has) => {
    const now = (typeof has.indent === "number" ? has.indent : 0) + by;
    return { indent: now < 1 ? null : Math.min(now, 8) };
  });
}

/** Ticks the chosen lines of a checklist, or unticks them where all are ticked. */
export const tick: Command = (state, dispatch) => {
  const items = chosenLines(state).filter(({ line }) =>
    ["checked", "unchecked"].includes(String(lineAttributes(line).list)),
  );
  if (!items.length) return false;
  const list = items.every(({ line }) => lineAttributes(line).list === "checked") ? "unchecked" : "checked";
  const { tr } = state;
  for (const item of items) put(tr, item, { list });
  dispatch?.(tr);
  return true;
};

/** Switches an attribute of the chosen text on or off. */
export function mark(name: string, value: unknown = true): Command {
  return (state, dispatch, view) =>
    toggleMark(state.schema.marks[name]!, { value }, { removeWhenPresent: false })(state, dispatch, view);
}

/** Links the chosen text, or the address itself where none is chosen; null unlinks. False for what is no address. */
export function link(href: string | null): Command {
  return (state, dispatch) => {
    if (href !== null && !isInline("link", href)) return false;
    const { tr, schema, selection } = state;
    const [from, to] = linkRange(state) ?? [selection.from, selection.to];
    if (href === null) dispatch?.(tr.removeMark(from, to, schema.marks.link));
    else if (from === to)
      dispatch?.(tr.replaceSelectionWith(schema.text(href, [markOf("link", href, schema)]), false));
    else dispatch?.(tr.addMark(from, to, markOf("link", href, schema)));
    return true;
  };
}

/** The whole link that the caret is in; undefined where there is none, or where text is chosen. */
export function linkRange(state: EditorState): [number, number] | undefined {
  const { $from, empty } = state.selection;
  const found = empty && linkAt(state);
  if (!found) return undefined;
  let [from, to] = [$from.start(), $from.start()];
  let inside = false;
  $from.parent.forEach((node, offset) => {
    const start = $from.start() + offset;
    if (inside && from <= $from.pos && to >= $from.pos && to < start) return;
    if (!node.marks.some((one) => one.type.name === "link" && one.attrs.value === found)) {
      if (to < $from.pos) inside = false;
      return;
    }
    if (!inside || to !== start) from = start;
    inside = true;
    to = start + node.nodeSize;
  });
  return [from, to];
}

/** The address of the link at the caret or at the start of what is chosen. */
export function linkAt(state: EditorState): string | undefined {
  const { $from } = state.selection;
  const marks = [...$from.marks(), ...($from.nodeAfter?.marks ?? [])];
  const value = marks.find((one) => one.type.name === "link")?.attrs.value;
  return typeof value === "string" ? value : undefined;
}

/** Takes all formats off the chosen text, and makes its lines plain. */
export const clear: Command = (state, dispatch) => {
  const { tr, selection, schema } = state;
  for (const [name, type] of Object.entries(schema.marks))
    if (name !== "other" && name !== "comment" && !isName(name))
      tr.removeMark(selection.from, selection.to, type);
  for (const placed of chosenLines(state)) {
    const has = lineAttributes(placed.line);
    const known = Object.keys(plainAttributes(blockAttributes(has)));
    put(tr, placed, Object.fromEntries(known.map((name) => [name, null])));
  }
  dispatch?.(tr.setStoredMarks([]).scrollIntoView());
  return true;
};

/** Puts something of length one where the caret is; a picture or a divider on a line of its own. */
export function embed(value: Record<string, unknown>, attributes: Attributes = {}): Command {
  return (state, dispatch) => {
    const { schema, selection } = state;
    const marks = Object.entries(attributes).map(([name, one]) => markOf(name, one, schema));
    const node = schema.nodes.embed!.create({ embed: value }, null, marks);
    const { tr } = state;
    if (!("divider" in value) && !("image" in value)) {
      tr.replaceSelectionWith(node, false);
      if (!tr.doc.resolve(tr.selection.to).nodeAfter) tr.insertText(" ");
      dispatch?.(tr.scrollIntoView());
      return true;
    }
    if (!selection.empty) tr.deleteSelection();
    const { $from } = tr.selection;
    const before = $from.parentOffset > 0;
    if (before) tr.split($from.pos);
    const at = tr.selection.from;
    tr.setNodeMarkup(tr.doc.resolve(at).before(1), null, { attributes: null });
    tr.split(at);
    tr.insert(at, node);
    tr.setSelection(TextSelection.create(tr.doc, at + 3));
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

/** A break inside the line. */
export const lineBreak: Command = (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(state.schema.nodes.break!.create()).scrollIntoView());
  return true;
};

const isDivider = (line: Node) =>
  line.childCount === 1 && "divider" in ((line.firstChild!.attrs.embed as Attributes | undefined) ?? {});

/** Three backticks and perhaps a language, alone in a line. */
const FENCE = /^```([a-z0-9+#.-]{0,30})$/;

/** Enter behind a fence makes it a line of code. */
export const fence: Command = (state, dispatch) => {
  const { line, position } = lineHere(state);
  const { selection, tr } = state;
  const found = FENCE.exec(line.textContent);
  const atEnd = selection.empty && selection.$from.parentOffset === line.content.size;
  if (!found || !atEnd || isCode(line) || line.textContent.length !== line.content.size) return false;
  put(tr, { line, position }, onlyKind("code-block", found[1] || true));
  dispatch?.(tr.delete(position + 1, position + 1 + line.content.size).scrollIntoView());
  return true;
};

/** A new line. What an empty item of a list, a quote or a code block was ends there; a heading does not go on. */
export const enter: Command = (state, dispatch) => {
  const { line, position } = lineHere(state);
  const has = lineAttributes(line);
  const { tr, selection } = state;
  if (!line.content.size && selection.empty && KINDS.some((kind) => kind in has)) {
    const change =
      has.list && has.indent
        ? { indent: Number(has.indent) > 1 ? Number(has.indent) - 1 : null }
        : onlyKind("header", null);
    put(tr, { line, position }, change);
    dispatch?.(tr.scrollIntoView());
    return true;
  }
  const marks = state.storedMarks ?? selection.$to.marks();
  if (!selection.empty) tr.deleteSelection();
  const { $from } = tr.selection;
  const atEnd = $from.parentOffset === $from.parent.content.size;
  const atStart = $from.parentOffset === 0 && !atEnd;
  const now = lineAttributes($from.parent);
  tr.split($from.pos);
  const index = $from.index(0);
  const placed = (at: number): Placed => ({
    line: tr.doc.child(at),
    position: tr.doc.resolve(0).posAtIndex(at, 0),
  });
  if (now.list === "checked") put(tr, placed(atStart ? index : index + 1), { list: "unchecked" });
  if (now.header && atEnd) put(tr, placed(index + 1), { header: null });
  if (now.header && atStart) put(tr, placed(index), { header: null });
  if (!atStart) tr.ensureMarks(marks.filter((one) => one.type.spec.inclusive !== false));
  dispatch?.(tr.scrollIntoView());
  return true;
};

/** At the start of a line: first it becomes plain, then it joins the one before. */
export const backspace: Command = (state, dispatch, view) => {
  if (deleteSelection(state, dispatch)) return true;
  const { selection, tr } = state;
  if (!(selection instanceof TextSelection) || selection.$from.parentOffset > 0)
    return selectNodeBackward(state, dispatch, view);
  const { line, position } = lineHere(state);
  const has = lineAttributes(line);
  if (KINDS.some((kind) => kind in has)) put(tr, { line, position }, onlyKind("header", null));
  else if (has.indent)
    put(tr, { line, position }, { indent: Number(has.indent) > 1 ? Number(has.indent) - 1 : null });
  else if (position === 0) return true;
  else {
    const before = state.doc.resolve(position).nodeBefore!;
    if (!before.content.size || isDivider(before)) tr.delete(position - before.nodeSize, position);
    else tr.join(position);
  }
  dispatch?.(tr.scrollIntoView());
  return true;
};

export const remove: Command = (state, dispatch, view) =>
  deleteSelection(state, dispatch) ||
  joinForward(state, dispatch, view) ||
  selectNodeForward(state, dispatch, view);

/** Set where what is put in is what was taken out: suggestions come along. */
export const MOVES = "documents:moves";

/** Moves the chosen lines over their neighbour. */
export function moveLines(by: 1 | -1): Command {
  return (state, dispatch) => {
    const lines = chosenLines(state);
    const [first, last] = [lines[0]!, lines.at(-1)!];
    const end = last.position + last.line.nodeSize;
    const neighbour =
      by < 0 ? state.doc.resolve(first.position).nodeBefore : state.doc.resolve(end).nodeAfter;
    if (!neighbour) return true;
    const { tr, selection } = state;
    tr.setMeta(MOVES, true);
    const [from, to] = by < 0 ? [first.position - neighbour.nodeSize, end] : [end, first.position];
    tr.delete(from, from + neighbour.nodeSize).insert(by < 0 ? to - neighbour.nodeSize : to, neighbour);
    const shift = by * neighbour.nodeSize;
    tr.setSelection(TextSelection.create(tr.doc, selection.anchor + shift, selection.head + shift));
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

/** Typing beside a divider goes to a line of its own, so that the divider stays one. */
export function besideDivider(state: EditorState, text: string): Transaction | undefined {
  const { selection } = state;
  const { $from } = selection;
  const line = $from.node(1);
  if (!line || !isDivider(line)) return undefined;
  const after = selection instanceof NodeSelection || $from.parentOffset > 0;
  const at = after ? $from.end() : $from.start();
  const { tr } = state;
  tr.split(at);
  return tr
    .insertText(text, after ? at + 2 : at)
    .setSelection(TextSelection.create(tr.doc, (after ? at + 2 : at) + text.length));
}
