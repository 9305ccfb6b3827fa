/** The keyboards of the screens, a table each: what a key does, and how people read it. */

export type Action =
  | "next"
  | "previous"
  | "first"
  | "last"
  | "next_image"
  | "previous_image"
  | "toggle_card"
  | "message"
  | "quick_edit"
  | "search"
  | "back_to_on_air"
  | "enter"
  | "clear"
  | "undo"
  | "redo"
  | "help"
  | "acknowledge"
  | "full_image"
  | "page_down"
  | "page_up"
  | "view"
  | "layout"
  | "clock"
  | "more_time"
  | "less_time"
  | "settings"
  | "palette"
  | "print"
  | "flash"
  | "question"
  | "question_list"
  | "question_done"
  | "question_dismiss"
  | "hottest"
  | "panic"
  | "alerts"
  | "select_next"
  | "select_previous"
  | "extend_next"
  | "extend_previous"
  | "select_all"
  | "move_down"
  | "move_up"
  | "edit_item"
  | "remove"
  | "notes"
  | "planned"
  | "skip"
  | "section"
  | "revert"
  | "paste"
  | "mark"
  | "add"
  | "add_and_go_on"
  | "add_marked";

export interface Binding {
  do: Action;
  /** By what the key says: `KeyboardEvent.key`. */
  keys?: readonly string[];
  /** By the Latin letter printed on it, or in its place on a board of another script (ADR 6). */
  letter?: string;
  /** The same, with Shift held. */
  shifted?: string;
  /** With Ctrl or Cmd held: the letter, and whether Shift is held too. */
  chord?: { letter: string; shift: boolean };
  /** Goes on while it is held. */
  repeats?: boolean;
  /** How the key is printed. Several: any of them; one text with spaces: one after the other or together. */
  caps: readonly string[];
  meaning: string;
  /** One word for the row of keys along the edge; without one only the sheet tells. */
  edge?: string;
}

/** A keyboard: its bindings, found by what was pressed. */
export class KeyTable {
  private readonly byKey: ReadonlyMap<string, Binding>;
  private readonly byLetter: ReadonlyMap<string, Binding>;
  private readonly byShifted: ReadonlyMap<string, Binding>;

  constructor(readonly bindings: readonly Binding[]) {
    this.byKey = new Map(bindings.flatMap((one) => (one.keys ?? []).map((key) => [key, one] as const)));
    this.byLetter = new Map(bindings.flatMap((one) => (one.letter ? [[one.letter, one] as const] : [])));
    this.byShifted = new Map(bindings.flatMap((one) => (one.shifted ? [[one.shifted, one] as const] : [])));
  }

  named(key: string): Binding | undefined {
    return this.byKey.get(key);
  }

  lettered(letter: string, shift = false): Binding | undefined {
    return (shift ? this.byShifted : this.byLetter).get(letter);
  }

  chord(letter: string, shift: boolean): Binding | undefined {
    return this.bindings.find(({ chord }) => chord?.letter === letter && chord.shift === shift);
  }
}

export const CONSOLE_KEYS = new KeyTable([
  {
    do: "enter",
    keys: ["Enter"],
    caps: ["1 2 3 Enter"],
    edge: "Jump",
    meaning: "Go to the product with this number; alone: show what is ready",
  },
  {
    do: "next",
    keys: ["ArrowDown", " "],
    letter: "j",
    repeats: true,
    caps: ["↓", "J", "Space"],
    edge: "Next",
    meaning: "Next product",
  },
  {
    do: "previous",
    keys: ["ArrowUp"],
    letter: "k",
    repeats: true,
    caps: ["↑", "K"],
    edge: "Previous",
    meaning: "Product before",
  },
  {
    do: "next_image",
    keys: ["ArrowRight"],
    letter: "l",
    repeats: true,
    caps: ["→", "L"],
    edge: "Picture",
    meaning: "Next picture",
  },
  {
    do: "previous_image",
    keys: ["ArrowLeft"],
    letter: "h",
    repeats: true,
    caps: ["←", "H"],
    meaning: "Picture before",
  },
  { do: "first", keys: ["Home"], caps: ["Home"], meaning: "First product" },
  { do: "last", keys: ["End"], caps: ["End"], meaning: "Last product" },
  {
    do: "toggle_card",
    letter: "v",
    caps: ["V"],
    edge: "Card",
    meaning: "Show or hide the product card on the stream",
  },
  {
    do: "panic",
    keys: ["."],
    caps: ["."],
    meaning: "Hide all overlays and hold the alerts; again: show exactly what was there",
  },
  { do: "alerts", letter: "a", caps: ["A"], meaning: "Pause the alerts on the stream, and let them go on" },
  {
    do: "flash",
    letter: "d",
    caps: ["D"],
    meaning: "Flash price: a discount for some minutes, its end, and the answer to one that is offered",
  },
  {
    do: "skip",
    letter: "x",
    caps: ["X"],
    meaning: "Skip the line that was reached by Tab, else the next; again: show it",
  },
  {
    do: "message",
    letter: "m",
    caps: ["M"],
    edge: "Message",
    meaning: "Write to the host; ↓ and ↑ in the empty field walk through the presets",
  },
  {
    do: "question",
    letter: "q",
    caps: ["Q"],
    edge: "Question",
    meaning: "Show the host the next question of the viewers; what was shown is done",
  },
  {
    do: "question_list",
    shifted: "q",
    caps: ["Shift Q"],
    meaning: "Pick a question: 1 to 9 shows it to the host, ↓ and ↑ walk, Esc leaves",
  },
  {
    do: "question_done",
    letter: "w",
    caps: ["W"],
    meaning: "Done: the question that was reached by Tab, else the host's; no other follows",
  },
  {
    do: "question_dismiss",
    shifted: "w",
    caps: ["Shift W"],
    meaning: "Dismiss the question that was reached by Tab, else the host's",
  },
  {
    do: "hottest",
    letter: "g",
    caps: ["G"],
    meaning: "Go to the product that viewers ask for most just now",
  },
  {
    do: "quick_edit",
    letter: "e",
    caps: ["E"],
    edge: "Edit",
    meaning: "Talking points, prices and time of what is on air",
  },
  {
    do: "search",
    keys: ["/"],
    chord: { letter: "f", shift: false },
    caps: ["/", "Ctrl F"],
    edge: "Search",
    meaning: "Find a product of this lineup",
  },
  { do: "back_to_on_air", letter: "b", caps: ["B"], meaning: "Scroll the lineup back to what is on air" },
  {
    do: "layout",
    letter: "p",
    caps: ["P"],
    meaning: "Lineup and preview, lineup alone, preview alone",
  },
  { do: "clock", letter: "t", caps: ["T"], meaning: "Stop the product's time, and let it go on" },
  { do: "more_time", keys: ["+"], caps: ["+"], meaning: "A minute more for this product" },
  { do: "less_time", keys: ["-"], caps: ["-"], meaning: "A minute less" },
  { do: "settings", letter: "s", caps: ["S"], meaning: "What is set for this show" },
  {
    do: "undo",
    chord: { letter: "z", shift: false },
    caps: ["Ctrl Z"],
    edge: "Undo",
    meaning: "Take back your last change",
  },
  { do: "print", chord: { letter: "p", shift: false }, caps: ["Ctrl P"], meaning: "The whole show on paper" },
  { do: "redo", chord: { letter: "z", shift: true }, caps: ["Ctrl Shift Z"], meaning: "Do it again" },
  { do: "clear", keys: ["Escape"], caps: ["Esc"], meaning: "Forget the typed number, then what is ready" },
  // Palette.island.svelte hears it by itself, as on every page.
  {
    do: "palette",
    chord: { letter: "k", shift: false },
    caps: ["Ctrl K"],
    meaning: "Go to another session or page",
  },
  { do: "help", keys: ["?"], caps: ["?"], edge: "Keys", meaning: "Show or hide this sheet" },
]);

/**
 * The session builder. `Shift+` and `Alt+` before a key's name are held with it; what has no key here is heard by the
 * field it is typed into, or is the browser's own.
 */
export const BUILDER_KEYS = new KeyTable([
  {
    do: "select_next",
    keys: ["ArrowDown"],
    repeats: true,
    caps: ["↓"],
    meaning: "Line below",
  },
  { do: "select_previous", keys: ["ArrowUp"], repeats: true, caps: ["↑"], meaning: "Line above" },
  { do: "extend_next", keys: ["Shift+ArrowDown"], caps: ["Shift ↓"], meaning: "Pick the line below, too" },
  { do: "extend_previous", keys: ["Shift+ArrowUp"], caps: ["Shift ↑"], meaning: "Pick the line above, too" },
  {
    do: "select_all",
    chord: { letter: "a", shift: false },
    caps: ["Ctrl A"],
    meaning: "Pick all lines",
  },
  {
    do: "move_down",
    keys: ["Alt+ArrowDown"],
    caps: ["Alt ↓"],
    edge: "Move",
    meaning: "Move what is picked down; at a heading, into that section",
  },
  { do: "move_up", keys: ["Alt+ArrowUp"], caps: ["Alt ↑"], meaning: "Move what is picked up" },
  { do: "page_down", keys: ["PageDown"], repeats: true, caps: ["Page ↓"], meaning: "Ten lines down" },
  { do: "page_up", keys: ["PageUp"], repeats: true, caps: ["Page ↑"], meaning: "Ten lines up" },
  { do: "first", keys: ["Home"], caps: ["Home"], meaning: "First line" },
  { do: "last", keys: ["End"], caps: ["End"], meaning: "Last line" },
  {
    do: "enter",
    keys: ["Enter"],
    caps: ["Enter", "1 2 3 Enter"],
    edge: "Edit",
    meaning: "Edit the line at hand; after digits, go to that number",
  },
  {
    do: "search",
    keys: ["/"],
    chord: { letter: "f", shift: false },
    caps: ["/", "Ctrl F"],
    edge: "Add products",
    meaning: "Find products to add behind the line at hand",
  },
  { do: "add", caps: ["Enter"], meaning: "In the search: add the highlighted product" },
  {
    do: "add_and_go_on",
    caps: ["Shift Enter"],
    meaning: "In the search: add it and go on to the next one found",
  },
  { do: "mark", caps: ["Space"], meaning: "In the list of what was found: mark or unmark" },
  { do: "add_marked", caps: ["Ctrl Enter"], meaning: "In the search: add all that are marked" },
  {
    do: "paste",
    caps: ["Ctrl V"],
    edge: "Paste a list",
    meaning: "Paste PIDs, SKUs or numbers, one per line, and see what they are before they are added",
  },
  { do: "planned", letter: "t", caps: ["T"], edge: "Time", meaning: "Planned time of the line" },
  { do: "section", letter: "p", caps: ["P"], edge: "Section", meaning: "A section begins at this line" },
  { do: "skip", letter: "k", caps: ["K"], edge: "Skip", meaning: "Skip it in the show, or not any more" },
  { do: "notes", letter: "n", caps: ["N"], meaning: "Notes for the crew" },
  {
    do: "revert",
    letter: "r",
    caps: ["R"],
    meaning: "Name, points and prices back to what the product has",
  },
  {
    do: "remove",
    keys: ["Delete", "Backspace"],
    caps: ["Delete"],
    edge: "Take out",
    meaning: "Take what is picked out of the lineup",
  },
  {
    do: "undo",
    chord: { letter: "z", shift: false },
    caps: ["Ctrl Z"],
    edge: "Undo",
    meaning: "Take back your last change",
  },
  { do: "redo", chord: { letter: "z", shift: true }, caps: ["Ctrl Shift Z"], meaning: "Do it again" },
  { do: "print", chord: { letter: "p", shift: false }, caps: ["Ctrl P"], meaning: "The whole show on paper" },
  { do: "clear", keys: ["Escape"], caps: ["Esc"], meaning: "Back to the lineup; only the line at hand" },
  {
    do: "palette",
    chord: { letter: "k", shift: false },
    caps: ["Ctrl K"],
    meaning: "Go to another session or page",
  },
  { do: "help", keys: ["?"], caps: ["?"], edge: "Keys", meaning: "Show or hide this sheet" },
]);

/** Those that are about viewers' questions and wishes: nothing where nobody asks. */
export const ASKING = new Set<Action>([
  "question",
  "question_list",
  "question_done",
  "question_dismiss",
  "hottest",
]);

const MOVES = new Set<Action>(["next", "previous", "next_image", "previous_image"]);

const READING: readonly Binding[] = [
  {
    do: "acknowledge",
    keys: ["Enter"],
    caps: ["Enter"],
    meaning: "Tell the producer you have seen the message",
  },
  { do: "full_image", letter: "f", caps: ["F"], meaning: "Picture over the whole screen, and back" },
  { do: "page_down", keys: ["PageDown"], caps: ["Page ↓"], meaning: "More talking points" },
  { do: "page_up", keys: ["PageUp"], caps: ["Page ↑"], meaning: "Talking points before" },
  { do: "view", letter: "o", caps: ["O"], meaning: "Size, mirror and light of this screen" },
  { do: "clear", keys: ["Escape"], caps: ["Esc"], meaning: "Back from the whole picture" },
  { do: "help", keys: ["?"], caps: ["?"], meaning: "Show or hide this sheet" },
];

/** The host reads; nothing here moves the show. */
export const HOST_KEYS = new KeyTable(READING);

/** Where the session lets the host drive (X2). */
export const DRIVING_HOST_KEYS = new KeyTable([
  ...READING,
  ...CONSOLE_KEYS.bindings.filter((one) => MOVES.has(one.do)),
]);

/** While the server is away: the same moves, on this screen alone. Enter is both, so the number's has no key of its own. */
export const HOLDING_KEYS = new KeyTable([
  ...DRIVING_HOST_KEYS.bindings,
  { do: "enter", caps: ["1 2 3 Enter"], meaning: "Go to the product with this number" },
]);
