/** The buttons above the text: each presses a key of the table, so that what it does and says stands in one place. */

import type { DocumentEditor } from "./editor.svelte";
import type { Icon } from "./icons";

export interface Tool {
  icon: Icon;
  name: string;
  /** As the table of keys names it. */
  keys: string;
  /** Whether the text at the selection has it. */
  pressed?: (editor: DocumentEditor) => boolean;
}

type Row = [icon: Icon, name: string, keys: string, pressed?: Tool["pressed"]];
const tools = (...rows: Row[]): Tool[] =>
  rows.map(([icon, name, keys, pressed]) => ({ icon, name, keys, ...(pressed ? { pressed } : {}) }));
const has = (name: string) => (editor: DocumentEditor) => editor.has(name);
const is =
  (...[name, value]: Parameters<DocumentEditor["is"]>) =>
  (editor: DocumentEditor) =>
    editor.is(name, value);

export const HISTORY = tools(["undo", "Undo", "Mod-z"], ["redo", "Redo", "Mod-Shift-z"]);

export const FORMATS: readonly (readonly Tool[])[] = [
  tools(
    ["bold", "Bold", "Mod-b", has("bold")],
    ["italic", "Italic", "Mod-i", has("italic")],
    ["underline", "Underline", "Mod-u", has("underline")],
    ["strike", "Strike through", "Mod-Shift-x", has("strike")],
    ["code", "Code", "Mod-e", has("code")],
    ["link", "Link", "Mod-k", (editor) => editor.href !== undefined],
  ),
  tools(
    ["bullet", "List", "Mod-Shift-8", is("list", "bullet")],
    ["ordered", "Numbered list", "Mod-Shift-7", is("list", "ordered")],
    ["checklist", "Checklist", "Mod-Shift-9", is("list", "checklist")],
    ["outdent", "Further out", "Mod-["],
    ["indent", "Further in", "Mod-]"],
  ),
  tools(
    ["quote", "Quote", "Mod-Shift-.", is("blockquote", true)],
    ["block", "Code block", "Mod-Alt-c", is("code-block", true)],
    ["left", "Left", "Mod-Shift-l"],
    ["center", "Centre", "Mod-Shift-e", is("align", "center")],
    ["right", "Right", "Mod-Shift-r", is("align", "right")],
  ),
];

export const INSERTS = tools(["divider", "Divider", "Mod-Shift--"], ["clear", "Clear the format", "Mod-\\"]);
