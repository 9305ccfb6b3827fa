/** Files on their way to a product: some at a time, each with how far it is and what became of it. No DOM. */

import { NotDone, type Added } from "./pictures-api";

export const AT_ONCE = 3;
/** Times in a row that a broken upload is tried again by itself. */
export const MOST_TRIES = 6;

/** `broken`: waits for its next try, or for a person. `refused`: for good. `known`: was there before. */
export type Stage = "waiting" | "sending" | "storing" | "broken" | "refused" | "known";

export class Upload {
  stage = $state<Stage>("waiting");
  /** From 0 to 1. */
  sent = $state(0);
  /** Why it is not there, for people; begins with the name of the file. */
  sentence = $state("");
  tries = 0;
  timer?: ReturnType<typeof setTimeout> | undefined;
  readonly abort = new AbortController();

  constructor(
    readonly id: number,
    readonly file: File,
    readonly name: string,
  ) {}

  /** Leaving the page would lose it. */
  get isUnderway(): boolean {
    return this.stage !== "refused" && this.stage !== "known";
  }

  say(message: string): void {
    this.sentence = `${this.name}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  }
}

export type Send = (file: File, sent: (share: number) => void, signal: AbortSignal) => Promise<Added>;

interface Limits {
  most: number;
  largest_bytes: number;
}

export class Uploads {
  list = $state<Upload[]>([]);
  private nextId = 1;

  constructor(
    private readonly send: Send,
    /** Told of each that is there now, in the order in which they arrive. */
    private readonly arrived: (added: Added, upload: Upload) => void,
    private readonly limits: () => Limits,
  ) {}

  get underway(): Upload[] {
    return this.list.filter((upload) => upload.isUnderway);
  }

  /** `there`: pictures the product has already. */
  add(files: readonly File[], there: number): void {
    const { most, largest_bytes: largest } = this.limits();
    for (const file of files) {
      const upload = new Upload(this.nextId++, file, nameOf(file));
      const room = most - there - this.underway.length;
      this.list.push(upload);
      if (file.size > largest) this.refuse(upload, `This picture is larger than ${largest >> 20} MB.`);
      else if (file.size === 0) this.refuse(upload, "This file is empty.");
      else if (room <= 0) this.refuse(upload, `A product has ${most} pictures at most.`);
    }
    this.goOn();
  }

  /** Stops one that is on its way, or forgets one that is not. */
  dismiss(upload: Upload): void {
    clearTimeout(upload.timer);
    this.list = this.list.filter((one) => one !== upload);
    upload.abort.abort();
    this.goOn();
  }

  /** Tries a broken one again now. */
  retry(upload: Upload): void {
    if (upload.stage !== "broken") return;
    upload.tries = 0;
    this.again(upload);
  }

  /** The network is back. */
  retryBroken(): void {
    for (const upload of this.list) this.retry(upload);
  }

  private goOn(): void {
    const running = this.list.filter(({ stage }) => stage === "sending" || stage === "storing").length;
    const next = this.list
      .filter(({ stage }) => stage === "waiting")
      .slice(0, Math.max(0, AT_ONCE - running));
    for (const upload of next) void this.run(upload);
  }

  private async run(upload: Upload): Promise<void> {
    upload.stage = "sending";
    upload.sent = 0;
    upload.sentence = "";
    const sent = (share: number) => {
      upload.sent = share;
      if (share >= 1 && upload.stage === "sending") upload.stage = "storing";
    };
    try {
      const added = await this.send(upload.file, sent, upload.abort.signal);
      this.arrive(upload, added);
    } catch (error) {
      if (!(error instanceof NotDone)) throw error;
      if (!this.list.includes(upload)) return; // dismissed
      if (error.final) this.refuse(upload, error.message);
      else this.breakOff(upload, error.message);
    }
    this.goOn();
  }

  private arrive(upload: Upload, added: Added): void {
    if (added.is_new) this.list = this.list.filter((one) => one !== upload);
    else {
      upload.stage = "known";
      upload.say("This picture is among them already.");
    }
    this.arrived(added, upload);
  }

  private refuse(upload: Upload, message: string): void {
    upload.stage = "refused";
    upload.say(message);
  }

  private breakOff(upload: Upload, message: string): void {
    upload.stage = "broken";
    upload.tries += 1;
    if (upload.tries >= MOST_TRIES) return upload.say(message);
    upload.say(`${message} It is tried again.`);
    upload.timer = setTimeout(() => this.again(upload), Math.min(15_000, 1000 * 2 ** (upload.tries - 1)));
  }

  private again(upload: Upload): void {
    clearTimeout(upload.timer);
    upload.stage = "waiting";
    this.goOn();
  }
}

/** A pasted picture has a name that says nothing. */
function nameOf(file: File): string {
  return /^image\.\w+$/.test(file.name) ? "Pasted picture" : file.name || "Picture";
}
