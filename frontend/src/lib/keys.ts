/** A key press becomes an intent. Pure; the screens carry intents out. */

import { CONSOLE_KEYS, type Action, type Binding, type KeyTable } from "./keymap";

export type Intent =
  | { do: Action }
  | { do: "digit"; digit: string }
  /** Ours, and done already: the key is only held. */
  | { do: "nothing" };

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

/**
 * Where the press happened: in a text, on a control that was reached by keyboard, on one that has arrows of its own
 * (choice), under a dialog, or in the open.
 */
export type Place = "open" | "control" | "choice" | "text" | "dialog";

/** What a press means there; undefined: it is not ours, leave it to the page. */
export function intent(press: Press, place: Place, table: KeyTable = CONSOLE_KEYS): Intent | undefined {
  if (press.isComposing || place === "dialog" || place === "text") return undefined;
  if (press.ctrlKey || press.metaKey) {
    const chord = press.altKey ? undefined : table.chord(letter(press), press.shiftKey);
    return chord && (press.repeat ? { do: "nothing" } : { do: chord.do });
  }
  if (press.altKey) return undefined;
  if (place !== "open" && (press.key === " " || press.key === "Enter")) return undefined;
  if (place === "choice" && press.key.startsWith("Arrow")) return undefined;
  // By value, so the numpad counts and the shifted row of AZERTY does too; other scripts' digits do not.
  if (/^[0-9]$/.test(press.key)) return press.repeat ? { do: "clear" } : { do: "digit", digit: press.key };
  const meant = named(press, table);
  return meant && (press.repeat && !meant.repeats ? { do: "nothing" } : { do: meant.do });
}

function named(press: Press, table: KeyTable): Binding | undefined {
  // Where digits need Shift their keys say this alone: who forgot Shift wanted a number.
  if (press.key === "-" && press.code.startsWith("Digit")) return undefined;
  return table.named(press.key) ?? table.lettered(letter(press), press.shiftKey);
}

/** The Latin letter printed on the key; on a board of another script the one in its place (ADR 6). */
export function letter({ key, code }: Pick<Press, "key" | "code">): string {
  if (/^[ -~]$/.test(key)) return key.toLowerCase();
  return /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : "";
}

/** Whether an input method has this key. Safari says it is done before the Enter that ends it; 229 still tells. */
export function composes(event: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean {
  return event.isComposing || event.keyCode === 229;
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
