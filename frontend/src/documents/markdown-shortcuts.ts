/** What Markdown's signs become as they are typed. Backspace right after gives the signs back. */

import { InputRule, inputRules } from "@tiptap/pm/inputrules";
import { TextSelection, type EditorState, type Plugin, type Transaction } from "@tiptap/pm/state";
import { isCode } from "./commands";
import { lineAttributes, markOf } from "./nodes";
import { linesOf } from "./lines";
import type { Attributes } from "./types";

/** The sign at the start of a line, with the space that ends it. */
const BLOCKS: readonly [RegExp, (match: RegExpMatchArray) => Attributes][] = [
  [/^(#{1,6})\s$/, (match) => ({ header: match[1]!.length })],
  [/^[-*+]\s$/, () => ({ list: "bullet" })],
  [/^\d{1,3}[.)]\s$/, () => ({ list: "ordered" })],
  [
    /^(?:[-*] )?\[( |x|X)?\]\s$/,
    (match) => ({ list: match[1]?.toLowerCase() === "x" ? "checked" : "unchecked" }),
  ],
  [/^>\s$/, () => ({ blockquote: true })],
  [/^```([a-z0-9+#.-]{0,30})\s$/, (match) => ({ "code-block": match[1] || true })],
];

const MARKS: readonly [RegExp, string][] = [
  [/(?:^|[^*\w])(\*\*([^*\s](?:[^*]*[^*\s])?)\*\*)$/, "bold"],
  [/(?:^|[^_\w])(__([^_\s](?:[^_]*[^_\s])?)__)$/, "bold"],
  [/(?:^|[^*\w])(\*([^*\s](?:[^*]*[^*\s])?)\*)$/, "italic"],
  [/(?:^|[^_\w])(_([^_\s](?:[^_]*[^_\s])?)_)$/, "italic"],
  [/(?:^|[^~\w])(~~([^~\s](?:[^~]*[^~\s])?)~~)$/, "strike"],
  [/(?:^|[^`\w])(`([^`]+)`)$/, "code"],
];

/** A stage direction: what the host does, and does not say. */
const CUE = /\[\[([^[\]]{1,200})\]\]$/;

/** Backspace asks it for the last rule (`undoInputRule`). */
export function markdownShortcuts(): Plugin {
  return inputRules({
    rules: [
      ...BLOCKS.map(
        ([sign, attributes]) => new InputRule(sign, blockRule(attributes), { inCodeMark: false }),
      ),
      new InputRule(/^(?:---|___)$/, dividerRule, { inCodeMark: false }),
      new InputRule(CUE, cueRule, { inCodeMark: false }),
      ...MARKS.map(([sign, name]) => new InputRule(sign, markRule(name), { inCodeMark: false })),
    ],
  });
}

const lineOf = (state: EditorState, at: number) => state.doc.resolve(at).node(1);

function blockRule(attributesOf: (match: RegExpMatchArray) => Attributes) {
  return (state: EditorState, match: RegExpMatchArray, start: number, end: number): Transaction | null => {
    const line = lineOf(state, start);
    if (isCode(line)) return null;
    const { header: _, list: __, ...has } = lineAttributes(line);
    return state.tr.delete(start, end).setNodeMarkup(state.doc.resolve(start).before(1), null, {
      attributes: { ...has, ...attributesOf(match) },
    });
  };
}

function dividerRule(
  state: EditorState,
  _: RegExpMatchArray,
  start: number,
  end: number,
): Transaction | null {
  const $start = state.doc.resolve(start);
  // Signs before words are signs.
  if (isCode($start.node(1)) || end !== $start.end()) return null;
  const [divider, rest] = linesOf([{ insert: { divider: true } }, { insert: "\n\n" }], state.schema);
  const tr = state.tr.replaceWith($start.before(1), $start.after(1), [divider!, rest!]);
  return tr.setSelection(TextSelection.create(tr.doc, $start.before(1) + divider!.nodeSize + 1));
}

function cueRule(
  state: EditorState,
  match: RegExpMatchArray,
  start: number,
  end: number,
): Transaction | null {
  const cue = match[1]!.trim();
  if (!cue || isCode(lineOf(state, start))) return null;
  return state.tr.replaceWith(start, end, state.schema.nodes.embed!.create({ embed: { cue } }));
}

function markRule(name: string) {
  return (state: EditorState, match: RegExpMatchArray, _: number, end: number): Transaction | null => {
    const [signs, text] = [match[1]!, match[2]!];
    // The last sign is the one being typed: it is not in the document yet.
    const from = end - (signs.length - 1);
    const open = (signs.length - text.length) / 2;
    if (isCode(lineOf(state, end))) return null;
    const tr = state.tr.delete(from + open + text.length, end).delete(from, from + open);
    const mark = markOf(name, true, state.schema);
    return tr.addMark(from, from + text.length, mark).removeStoredMark(mark);
  };
}
