/** `@` for people and products, `/` for kinds of lines: what is being asked for while it is typed. */

import { Plugin, PluginKey, type EditorState } from "@tiptap/pm/state";
import { isCode } from "./commands";

export interface Asked {
  sign: "@" | "/";
  query: string;
  /** Where the sign and what follows it stand. */
  from: number;
  to: number;
}

/** The keys that belong to the list while it is open. */
export type ListKey = "ArrowDown" | "ArrowUp" | "Enter" | "Tab" | "Escape";
const KEYS = new Set<string>(["ArrowDown", "ArrowUp", "Enter", "Tab", "Escape"]);

interface MentionList {
  asked: Asked | null;
  /** Where the list was closed by hand: it stays closed for that sign. */
  closed: number | null;
}

export const mentionListKey = new PluginKey<MentionList>("mentionList");
const SIGN = /(?:^|[\s([{"'“])([@/])([\p{L}\p{N}][\p{L}\p{N} .'-]{0,39}|)$/u;

/** What is asked for at the caret. */
export function askedAt(state: EditorState): Asked | null {
  const { $from, empty } = state.selection;
  if (!empty || $from.depth === 0 || isCode($from.parent)) return null;
  if ($from.marks().some(({ type }) => type.name === "code")) return null;
  const before = $from.parent.textBetween(
    Math.max(0, $from.parentOffset - 60),
    $from.parentOffset,
    "",
    "\ufffc",
  );
  const found = SIGN.exec(before);
  if (!found) return null;
  const [sign, query] = [found[1] as "@" | "/", found[2]!];
  // A slash in the middle of a line is one.
  if (sign === "/" && before.length !== query.length + 1) return null;
  if (sign === "@" && (query.match(/ /g)?.length ?? 0) > 2) return null;
  return { sign, query, from: $from.pos - query.length - 1, to: $from.pos };
}

/** `onKey` says whether the list took the key. */
export function mentionList(onKey: (key: ListKey) => boolean): Plugin<MentionList> {
  return new Plugin<MentionList>({
    key: mentionListKey,
    state: {
      init: () => ({ asked: null, closed: null }),
      apply(tr, before, _, state) {
        const told = tr.getMeta(mentionListKey) as "close" | undefined;
        const sign = before.closed === null ? null : tr.mapping.mapResult(before.closed, 1);
        let closed = sign && !sign.deletedAfter ? sign.pos : null;
        if (told) closed = before.asked?.from ?? null;
        // Only what is typed opens it, not the caret coming by.
        const asked = askedAt(state);
        if (!asked) return { asked: null, closed };
        if (asked.from === closed) return { asked: null, closed };
        if (!before.asked && !tr.docChanged) return { asked: null, closed: null };
        return { asked, closed: null };
      },
    },
    props: {
      handleKeyDown(view, event) {
        const asked = mentionListKey.getState(view.state)?.asked;
        if (!asked || view.composing || !KEYS.has(event.key) || event.ctrlKey || event.metaKey) return false;
        if (event.key === "Escape") {
          view.dispatch(view.state.tr.setMeta(mentionListKey, "close"));
          return true;
        }
        return onKey(event.key as ListKey);
      },
    },
  });
}
