/** The producer's keyboard: a key press becomes an intent. Pure; the console carries intents out. */

export type Intent =
  | { do: "next" | "previous" | "first" | "last" | "next_image" | "previous_image" }
  | { do: "toggle_card" | "message" | "undo" | "redo" | "help" }
  | { do: "digit"; digit: string }
  | { do: "enter" | "clear" };

export interface Press {
  key: string;
  code: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  repeat: boolean;
  isComposing: boolean;
}

/** Where the press happened: in a text, on a control that was reached by keyboard, under a dialog, or in the open. */
export type Place = "open" | "control" | "text" | "dialog";

const BY_KEY: Record<string, Intent> = {
  ArrowDown: { do: "next" },
  ArrowUp: { do: "previous" },
  ArrowRight: { do: "next_image" },
  ArrowLeft: { do: "previous_image" },
  Home: { do: "first" },
  End: { do: "last" },
  " ": { do: "next" },
  Enter: { do: "enter" },
  Escape: { do: "clear" },
  "?": { do: "help" },
};

/** Letters by their place on the keyboard, so that AZERTY and Cyrillic work. */
const BY_CODE: Record<string, Intent> = {
  KeyJ: { do: "next" },
  KeyK: { do: "previous" },
  KeyL: { do: "next_image" },
  KeyH: { do: "previous_image" },
  KeyV: { do: "toggle_card" },
  KeyM: { do: "message" },
};

/** The key map as people read it. */
export const KEY_CAPS: readonly (readonly [keys: string, meaning: string])[] = [
  ["1 2 3 Enter", "Jump"],
  ["↓ J Space", "Next"],
  ["↑ K", "Previous"],
  ["← → H L", "Pictures"],
  ["Home End", "Ends"],
  ["V", "Card"],
  ["M", "Message"],
  ["Ctrl Z", "Undo"],
];

const REPEATABLE = new Set(["next", "previous", "next_image", "previous_image"]);

/** What a press means there; undefined: it is not ours, leave it to the page. */
export function intent(press: Press, place: Place): Intent | undefined {
  if (press.isComposing || place === "dialog" || place === "text") return undefined;
  if (press.ctrlKey || press.metaKey) {
    if (press.altKey || press.code !== "KeyZ") return undefined;
    return { do: press.shiftKey ? "redo" : "undo" };
  }
  if (press.altKey) return undefined;
  if (place === "control" && (press.key === " " || press.key === "Enter")) return undefined;
  // By value, so the numpad counts and the shifted row of AZERTY does too; other scripts' digits do not.
  const meant = /^[0-9]$/.test(press.key) ? ({ do: "digit", digit: press.key } as const) : named(press);
  if (press.repeat && meant && !REPEATABLE.has(meant.do))
    return meant.do === "digit" ? { do: "clear" } : undefined;
  return meant;
}

function named(press: Press): Intent | undefined {
  return BY_KEY[press.key] ?? (press.shiftKey ? undefined : BY_CODE[press.code]);
}

/** Milliseconds after which typed digits are forgotten. */
export const FORGOTTEN_AFTER_MS = 2000;
/** No lineup has a number this long; what is longer is refused, not cut. */
export const MOST_DIGITS = 9;

/** The digits typed so far. */
export class NumberBuffer {
  digits = "";
  private typedAt = 0;

  type(digit: string, now: number): void {
    if (now - this.typedAt > FORGOTTEN_AFTER_MS) this.digits = "";
    this.typedAt = now;
    if (this.digits.length <= MOST_DIGITS) this.digits += digit;
  }

  forget(): void {
    this.digits = "";
  }

  /** The number on Enter; undefined when nothing was typed, NaN when it can be no number of a lineup. */
  take(now: number): number | undefined {
    const digits = now - this.typedAt > FORGOTTEN_AFTER_MS ? "" : this.digits;
    this.digits = "";
    if (digits === "") return undefined;
    const number = Number(digits);
    return digits.length > MOST_DIGITS || number === 0 ? NaN : number;
  }
}

/** Lets a held key through at most so often. */
export class Throttle {
  private allowedAt = -Infinity;

  constructor(private readonly everyMs: number) {}

  allows(repeat: boolean, now: number): boolean {
    if (repeat && now < this.allowedAt) return false;
    this.allowedAt = now + this.everyMs;
    return true;
  }
}
