/** The keys of the dashboard, in one table. */

import { letter } from "../lib/keys";

export type Act = "hide" | "time_out" | "ban" | "question" | "reply";
export type ListAct = Act | "older" | "newer" | "back";
export type PageAct = "chat" | "write" | "panic" | "help";

interface Row<Does> {
  do: Does;
  keys?: readonly string[];
  letter?: string;
  caps: readonly string[];
  meaning: string;
  /** One or two words for the row of keys below the chat. */
  edge?: string;
}

/** While the list of messages has the focus. */
const LIST: readonly Row<ListAct>[] = [
  { do: "older", keys: ["ArrowUp"], caps: ["↑"], meaning: "Choose the message above" },
  { do: "newer", keys: ["ArrowDown"], caps: ["↓"], meaning: "Choose the message below", edge: "choose" },
  { do: "hide", letter: "h", caps: ["H"], meaning: "Hide the message", edge: "hide" },
  {
    do: "time_out",
    letter: "t",
    caps: ["T"],
    meaning: "Time the viewer out for 10 minutes",
    edge: "time out",
  },
  { do: "ban", letter: "b", caps: ["B"], meaning: "Ban the viewer", edge: "ban" },
  { do: "question", letter: "q", caps: ["Q"], meaning: "Mark the message as a question", edge: "question" },
  { do: "reply", letter: "r", caps: ["R"], meaning: "Reply to the message", edge: "reply" },
  { do: "back", keys: ["Escape"], caps: ["Esc"], meaning: "Back to the newest", edge: "newest" },
];
/** Anywhere on the page but in a text. */
const PAGE: readonly Row<PageAct>[] = [
  { do: "chat", letter: "c", caps: ["C"], meaning: "Go to the chat" },
  { do: "write", letter: "m", caps: ["M"], meaning: "Write a message" },
  {
    do: "panic",
    keys: ["."],
    caps: ["."],
    meaning: "Hide all overlays and hold the alerts; again: show exactly what was there",
  },
  { do: "help", keys: ["?"], caps: ["?"], meaning: "Show these keys" },
];

export const KEY_ROWS = [...PAGE, ...LIST];
export const EDGE = LIST.filter(({ edge }) => edge);

type Press = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "isComposing">;

function meant<Does>(table: readonly Row<Does>[], press: Press): Does | undefined {
  if (press.isComposing || press.ctrlKey || press.metaKey || press.altKey) return undefined;
  const named = table.find(({ keys }) => keys?.includes(press.key));
  return (named ?? table.find((row) => row.letter !== undefined && row.letter === letter(press)))?.do;
}

export const inList = (press: Press): ListAct | undefined => meant(LIST, press);
export const onPage = (press: Press): PageAct | undefined => meant(PAGE, press);
