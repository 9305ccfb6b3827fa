/** Plays what a kind's `fake()` says to the stores of a preview, over and over. No DOM, no socket. */

import type { Frame } from "../types";

/** Milliseconds before it begins again: a preview has an event every seven seconds, a screen never has a made-up one. */
export const REST_MS = 7_000;

type Take = (topic: string, event: string, payload: Record<string, unknown>) => void;

export class FramePlayer {
  playing = $state(false);
  /** Frames that were shown of this round. */
  shown = $state(0);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly frames: readonly Frame[],
    private readonly take: Take,
    private readonly restMs = REST_MS,
  ) {}

  play(): void {
    if (this.playing || this.frames.length === 0) return;
    this.playing = true;
    this.wait();
  }

  pause(): void {
    this.playing = false;
    clearTimeout(this.timer);
  }

  /** The next one at once, with those that come with it; and there it stays. */
  step(): void {
    this.pause();
    this.next();
  }

  /** The first few at once: what a picture of the widget is taken with. */
  begin(count = 1): void {
    while (this.shown < Math.min(count, this.frames.length)) this.next();
  }

  private wait(): void {
    // The first round begins at once.
    if (this.shown === 0) this.next();
    const rest = this.frames[this.shown]?.after_ms ?? this.restMs;
    this.timer = setTimeout(() => {
      this.next();
      this.wait();
    }, rest);
  }

  private next(): void {
    if (this.frames.length === 0) return;
    if (this.shown >= this.frames.length) this.shown = 0;
    do {
      const { topic, event, payload } = this.frames[this.shown]!;
      this.shown += 1;
      this.take(topic, event, ahead(payload, Date.now()) as Record<string, unknown>);
    } while (this.frames[this.shown]?.after_ms === 0);
  }
}

/** A payload with its times: `{"in_s": 90}` is the moment ninety seconds after `now` (milliseconds), as ISO 8601. */
export function ahead(value: unknown, now: number): unknown {
  if (Array.isArray(value)) return value.map((one) => ahead(one, now));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only![0] === "in_s" && typeof only![1] === "number")
    return new Date(now + only![1] * 1000).toISOString();
  return Object.fromEntries(entries.map(([name, one]) => [name, ahead(one, now)]));
}
