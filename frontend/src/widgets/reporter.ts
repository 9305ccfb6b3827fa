/** How this page is, told to the crew: when it joins, when something changes, and now and then. Nothing else is sent. */

import type { Sight } from "./sight";

export interface Report {
  build: string;
  visible: boolean;
  active: boolean | null;
  /** Of the window, in pixels. */
  width: number;
  height: number;
  obs: boolean;
  /** Milliseconds since the last frame; null: there has been none. */
  frame_ms: number | null;
}

export const EVERY_MS = 15_000;
/** A page that draws has a frame within this. */
const FRAME_WITHIN_MS = 1_000;
/** A window that is being resized tells its size once. */
const SETTLED_MS = 300;

export class Reporter {
  private frameAt: number | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private soonTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly build: string,
    private readonly sight: Sight,
    private readonly send: (report: Report) => void,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.tell(), EVERY_MS);
    this.sight.onChange(() => this.tell());
    addEventListener("resize", () => this.tell(SETTLED_MS));
  }

  /** As soon as it is known whether frames are drawn. */
  tell(after = 0): void {
    clearTimeout(this.soonTimer);
    if (after) {
      this.soonTimer = setTimeout(() => this.tell(), after);
      return;
    }
    let isSent = false;
    const send = () => {
      if (isSent) return;
      isSent = true;
      clearTimeout(this.soonTimer);
      this.send(this.now());
    };
    this.soonTimer = setTimeout(send, FRAME_WITHIN_MS);
    requestAnimationFrame(() => {
      this.frameAt = performance.now();
      send();
    });
  }

  stop(): void {
    clearInterval(this.timer);
    clearTimeout(this.soonTimer);
  }

  private now(): Report {
    const { visible, active, isObs } = this.sight;
    const age = this.frameAt === undefined ? null : Math.round(performance.now() - this.frameAt);
    return {
      build: this.build,
      visible,
      active,
      width: innerWidth,
      height: innerHeight,
      obs: isObs,
      frame_ms: age === null ? null : Math.min(age, 86_400_000),
    };
  }
}
