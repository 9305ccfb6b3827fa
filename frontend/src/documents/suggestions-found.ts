/** What is suggested in what the editor holds, and how that is said. Pure. */

import type { Node } from "@tiptap/pm/model";
import type { EditorState } from "@tiptap/pm/state";
import { opsOf } from "./lines";
import { lineAttributes } from "./nodes";
import { authorOf, isName, type Suggestion } from "./suggestions";

const linesIn = (doc: Node) => Array.from({ length: doc.childCount }, (_, index) => doc.child(index));
export const contentsOf = (doc: Node) => opsOf(linesIn(doc));

/** Whether anything is suggested in it at all. */
export const hasSuggestions = (doc: Node) =>
  linesIn(doc).some((line) => {
    if (Object.keys(lineAttributes(line)).some(isName)) return true;
    let found = false;
    line.forEach((node) => (found ||= node.marks.some(({ type }) => isName(type.name))));
    return found;
  });

/** The suggestion that the caret is in or beside. */
export function suggestionAt({ selection }: EditorState): string | undefined {
  const { $from } = selection;
  if (!$from.depth) return undefined;
  const atEnd = $from.parentOffset === $from.parent.content.size;
  const values = [
    ...($from.nodeAfter?.marks ?? []).filter(({ type }) => isName(type.name)).map(({ attrs }) => attrs.value),
    ...($from.nodeBefore?.marks ?? [])
      .filter(({ type }) => isName(type.name))
      .map(({ attrs }) => attrs.value),
    ...(atEnd ? Object.entries(lineAttributes($from.parent)).filter(([name]) => isName(name)) : []).map(
      ([, value]) => value,
    ),
  ];
  return values.find((value) => authorOf(value) !== undefined) as string | undefined;
}

/** What a suggestion comes to, in words. */
export function inWords({ inserted, deleted }: Suggestion): string {
  if (inserted && deleted) return `replace “${short(deleted)}” by “${short(inserted)}”`;
  return inserted ? `add “${short(inserted)}”` : `delete “${short(deleted)}”`;
}

const MOST_SAID = 60;
const short = (text: string) =>
  text.length > MOST_SAID ? `${text.slice(0, MOST_SAID).toWellFormed()}…` : text;
