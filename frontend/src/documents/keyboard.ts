/** The keys of the editor, in one table: what they do, and how the sheet tells of them. */

import { chainCommands, selectAll } from "@tiptap/pm/commands";
import { undoInputRule } from "@tiptap/pm/inputrules";
import { keymap } from "@tiptap/pm/keymap";
import { Plugin, type Command } from "@tiptap/pm/state";
import {
  align,
  backspace,
  chosenLines,
  clear,
  embed,
  enter,
  fence,
  indent,
  isCode,
  lineBreak,
  mark,
  moveLines,
  plain,
  remove,
  tick,
  toggleKind,
} from "./commands";
import { lineAttributes } from "./nodes";

/** What the page around the editor does. */
export interface Around {
  undo: () => boolean;
  redo: () => boolean;
  link: () => void;
  help: () => void;
  outline: () => void;
  history: () => void;
  fullScreen: () => void;
  suggestions: (act: SuggestionAct) => void;
  comment: () => void;
  comments: () => void;
  toComment: (by: 1 | -1) => void;
}

export type SuggestionAct = "mode" | "next" | "previous" | "accept" | "reject";

export interface EditorKey {
  /** As ProseMirror names them; several: any of them. */
  keys: readonly string[];
  caps: readonly string[];
  meaning: string;
  /** A heading of the sheet. */
  part: "Text" | "Lines" | "Insert" | "Suggestions" | "Document";
  /** The page around the text answers it; nothing is done to the text. */
  asks: boolean;
  command: (around: Around) => Command;
}

type Row = [part: EditorKey["part"], keys: string, caps: string, meaning: string];

const row = ([part, keys, caps, meaning]: Row, asks: boolean, command: EditorKey["command"]): EditorKey => ({
  part,
  keys: keys.split(" "),
  caps: caps.split(" or "),
  meaning,
  asks,
  command,
});
/** A key that does something to the text. */
const key = (...[part, keys, caps, meaning, command]: [...Row, Command]) =>
  row([part, keys, caps, meaning], false, () => command);
/** A key that the page around the text answers. */
const asks = (...[part, keys, caps, meaning, ask]: [...Row, (around: Around) => void]) =>
  row([part, keys, caps, meaning], true, (around) => () => (ask(around), true));

export const EDITOR_KEYS: readonly EditorKey[] = [
  key("Text", "Mod-b", "Ctrl B", "Bold", mark("bold")),
  key("Text", "Mod-i", "Ctrl I", "Italic", mark("italic")),
  key("Text", "Mod-u", "Ctrl U", "Underline", mark("underline")),
  key("Text", "Mod-Shift-x Mod-Shift-s", "Ctrl Shift X", "Strike through", mark("strike")),
  key("Text", "Mod-e", "Ctrl E", "Code", mark("code")),
  asks("Text", "Mod-k", "Ctrl K", "Link", (around) => around.link()),
  key("Text", "Mod-\\", "Ctrl \\", "Clear the format", clear),
  ...[1, 2, 3].map((level) =>
    key("Lines", `Mod-Alt-${level}`, `Ctrl Alt ${level}`, `Heading ${level}`, toggleKind("header", level)),
  ),
  key("Lines", "Mod-Alt-0", "Ctrl Alt 0", "Plain text", plain),
  key("Lines", "Mod-Shift-8", "Ctrl Shift 8", "List", toggleKind("list", "bullet")),
  key("Lines", "Mod-Shift-7", "Ctrl Shift 7", "Numbered list", toggleKind("list", "ordered")),
  key("Lines", "Mod-Shift-9", "Ctrl Shift 9", "Checklist", toggleKind("list", "unchecked")),
  key("Lines", "Mod-Enter", "Ctrl Enter", "Tick the item, or untick it", tick),
  key("Lines", "Mod-Shift-.", "Ctrl Shift .", "Quote", toggleKind("blockquote")),
  key("Lines", "Mod-Alt-c", "Ctrl Alt C", "Code block", toggleKind("code-block")),
  key("Lines", "Mod-]", "Ctrl ] or Tab", "Further in; Tab in lists and code", indent(1)),
  key("Lines", "Mod-[", "Ctrl [ or Shift Tab", "Further out", indent(-1)),
  key("Lines", "Alt-ArrowUp", "Alt ↑", "Move the line up", moveLines(-1)),
  key("Lines", "Alt-ArrowDown", "Alt ↓", "Move the line down", moveLines(1)),
  key("Lines", "Mod-Shift-l", "Ctrl Shift L", "Left", align(null)),
  key("Lines", "Mod-Shift-e", "Ctrl Shift E", "Centre", align("center")),
  key("Lines", "Mod-Shift-r", "Ctrl Shift R", "Right", align("right")),
  key("Insert", "Shift-Enter", "Shift Enter", "A break inside the line", lineBreak),
  key("Insert", "Mod-Shift--", "Ctrl Shift -", "Divider", embed({ divider: true })),
  asks("Suggestions", "Mod-Alt-s", "Ctrl Alt S", "Suggest, or write", (around) => around.suggestions("mode")),
  asks("Suggestions", "Mod-Alt-.", "Ctrl Alt .", "The next suggestion", (around) =>
    around.suggestions("next"),
  ),
  asks("Suggestions", "Mod-Alt-,", "Ctrl Alt ,", "The one before", (around) =>
    around.suggestions("previous"),
  ),
  asks("Suggestions", "Mod-Alt-a", "Ctrl Alt A", "Accept it", (around) => around.suggestions("accept")),
  asks("Suggestions", "Mod-Alt-x", "Ctrl Alt X", "Reject it; take back your own", (around) =>
    around.suggestions("reject"),
  ),
  asks("Document", "Mod-z", "Ctrl Z", "Take back your last change", (around) => around.undo()),
  asks("Document", "Mod-Shift-z Mod-y", "Ctrl Shift Z", "Do it again", (around) => around.redo()),
  asks("Document", "Mod-Alt-o", "Ctrl Alt O", "Outline", (around) => around.outline()),
  asks("Document", "Mod-Alt-Shift-h", "Ctrl Alt Shift H", "History", (around) => around.history()),
  asks("Document", "Mod-Shift-f", "Ctrl Shift F", "Whole screen", (around) => around.fullScreen()),
  asks("Document", "Mod-Alt-m", "Ctrl Alt M", "Comment on the chosen text", (around) => around.comment()),
  asks("Document", "Mod-Alt-Shift-m", "Ctrl Alt Shift M", "Comments, beside the text", (around) =>
    around.comments(),
  ),
  asks("Document", "Alt-PageDown", "Alt PgDn", "Next comment", (around) => around.toComment(1)),
  asks("Document", "Alt-PageUp", "Alt PgUp", "Comment before", (around) => around.toComment(-1)),
  asks("Document", "Mod-/", "Ctrl /", "This sheet; ? outside of the text", (around) => around.help()),
];

/** The row of a key, as ProseMirror names it. */
export const keyNamed = (name: string): EditorKey => EDITOR_KEYS.find(({ keys }) => keys.includes(name))!;

/** How to go on by Tab from a text that keeps Tab in lists and in code, for the sheet. */
export const LEAVING: readonly { caps: readonly string[]; meaning: string }[] = [
  { caps: ["Esc Tab"], meaning: "Leave the text" },
  { caps: ["Esc Shift Tab"], meaning: "To the buttons above it; then ← →" },
];

/** What the page itself hears outside of the text, for the sheet. */
export const OUTSIDE: readonly { caps: readonly string[]; meaning: string }[] = [
  { caps: ["["], meaning: "Sidebar narrow or wide" },
  { caps: ["Ctrl K"], meaning: "Go to another session or page" },
];

/** What is typed and becomes something, for the sheet. */
export const SIGNS: readonly { caps: readonly string[]; meaning: string }[] = [
  { caps: ["# Space", "## Space"], meaning: "Heading" },
  { caps: ["- Space", "1. Space", "[] Space"], meaning: "List, numbered list, checklist" },
  { caps: ["> Space", "``` Enter"], meaning: "Quote, code block" },
  { caps: ["---"], meaning: "Divider" },
  { caps: ["[[…]]"], meaning: "Cue: what the host does and does not say" },
  { caps: ["**bold**", "*italic*", "`code`"], meaning: "Bold, italic, code" },
  { caps: ["@", "/"], meaning: "A person or a product; a kind of line" },
];

/** Tab moves what is in a list or in code. Escape first, and it leaves the text as everywhere. */
function tabs(): Record<string, Command> {
  let leaving = false;
  const moves =
    (by: 1 | -1): Command =>
    (state, dispatch, view) => {
      if (leaving) {
        leaving = false;
        return false;
      }
      const lines = chosenLines(state);
      if (lines.every(({ line }) => isCode(line)) && by > 0) {
        dispatch?.(state.tr.insertText("  "));
        return true;
      }
      if (!lines.every(({ line }) => lineAttributes(line).list)) return false;
      return indent(by)(state, dispatch, view);
    };
  return {
    Tab: moves(1),
    "Shift-Tab": moves(-1),
    Escape: () => {
      leaving = true;
      return false;
    },
  };
}

export function keyboard(around: Around): Plugin[] {
  const table = EDITOR_KEYS.flatMap(({ keys, command }) =>
    keys.map((one) => [one, always(command(around))] as const),
  );
  const back = chainCommands(undoInputRule, backspace);
  return [
    upToDate(),
    replacing(),
    keymap({ ...Object.fromEntries(table), ...tabs() }),
    keymap({
      Enter: chainCommands(fence, enter),
      Backspace: back,
      "Mod-Backspace": back,
      "Shift-Backspace": back,
      Delete: remove,
      "Mod-Delete": remove,
      "Mod-a": selectAll,
    }),
  ];
}

/**
 * The browser tells of a moved caret a moment later. A key that comes sooner, from a macro or a text expander, would be
 * taken for one at the old place, and what it does be left to the browser.
 */
function upToDate(): Plugin {
  return new Plugin({
    props: {
      handleKeyDown(view) {
        const { domObserver } = view as unknown as { domObserver: { flush(): void } };
        if (!view.composing) domObserver.flush();
        return false;
      },
    },
  });
}

/**
 * What is typed in the place of chosen or of just deleted text: Chromium would carry the formats of that on, with
 * styles of its own making, which the policy of the page refuses.
 */
function replacing(): Plugin {
  let deleted = false;
  return new Plugin({
    props: {
      handleDOMEvents: {
        beforeinput(view, event) {
          const { inputType, data } = event;
          if (inputType.startsWith("delete")) deleted = true;
          const { from, to, empty } = view.state.selection;
          if (inputType !== "insertText" || !data || event.isComposing || (empty && !deleted)) return false;
          deleted = false;
          event.preventDefault();
          const typed = () => view.state.tr.insertText(data).scrollIntoView();
          if (!view.someProp("handleTextInput", (take) => take(view, from, to, data, typed)))
            view.dispatch(typed());
          return true;
        },
      },
    },
  });
}

/** Its key is ours even where it can do nothing just now: the browser's meaning would surprise. */
const always =
  (command: Command): Command =>
  (state, dispatch, view) => (command(state, dispatch, view), true);
