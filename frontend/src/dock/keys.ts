/** The keys of a dock: those of the console that have something to do here. */

import { CONSOLE_KEYS, KeyTable, type Action } from "../lib/keymap";

const HERE = new Set<Action>([
  "enter",
  "next",
  "previous",
  "next_image",
  "previous_image",
  "first",
  "last",
  "toggle_card",
  "message",
  "question",
  "question_done",
  "panic",
  "alerts",
  "more_time",
  "less_time",
  "clock",
  "undo",
  "redo",
  "clear",
  "help",
]);

export const DOCK_KEYS = new KeyTable(CONSOLE_KEYS.bindings.filter((one) => HERE.has(one.do)));
