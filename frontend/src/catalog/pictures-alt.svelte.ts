/** What a picture is described as, saved as one types. No DOM. */

import { NotDone } from "./pictures-api";

/** Milliseconds after the last key until it is saved. */
export const SAVE_AFTER_MS = 700;
/** Until one that could not be saved is tried again. */
export const AGAIN_AFTER_MS = 4000;

export type AltState = "saved" | "typing" | "saving" | "failed";

export class AltText {
  text = $state("");
  state = $state<AltState>("saved");
  /** Why it could not be saved. */
  sentence = $state("");
  /** Something was saved since the page was opened: worth a word. */
  wasSaved = $state(false);
  private known = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    initial: string,
    private readonly save: (text: string) => Promise<void>,
  ) {
    this.text = this.known = initial;
  }

  get isUnsaved(): boolean {
    return this.state !== "saved";
  }

  /** Somebody else has described it; what is being typed here stays. */
  follow(alt: string): void {
    if (alt === this.known) return;
    this.known = alt;
    if (!this.isUnsaved) this.text = alt;
  }

  type(text: string): void {
    this.text = text;
    this.state = "typing";
    this.later(SAVE_AFTER_MS);
  }

  /** Saves at once what is not saved. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    if (!this.isUnsaved || this.state === "saving") return;
    const text = this.text;
    if (text.trim() === this.known.trim()) {
      this.state = "saved";
      return;
    }
    this.state = "saving";
    this.sentence = "";
    try {
      await this.save(text);
      this.known = text.trim();
      this.wasSaved = true;
      if (this.text === text) this.state = "saved";
      else this.type(this.text); // typed on while it was saved
    } catch (error) {
      if (!(error instanceof NotDone)) throw error;
      this.state = "failed";
      this.sentence = error.message;
      if (!error.final) this.later(AGAIN_AFTER_MS);
    }
  }

  /** The picture is gone. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private later(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), milliseconds);
  }
}
