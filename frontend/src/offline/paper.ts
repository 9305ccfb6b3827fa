/**
 * The paper of a show (`/sessions/{id}/paper`), held by the worker of whoever runs the console: when the server is away
 * it can be opened and printed all the same. As new as when the console was opened, the show began, or some minutes ago.
 */

import type { WorkerLink } from "./registration";

export const EVERY_MS = 5 * 60_000;

export class PaperHold {
  private timer?: ReturnType<typeof setInterval>;
  private running = false;

  constructor(private readonly worker: Pick<WorkerLink, "start" | "again">) {}

  start(): void {
    this.worker.start();
  }

  /** From the moment a show runs its paper is what the crew would go on with. */
  follow(status: string | undefined): void {
    const running = status === "live" || status === "rehearsal";
    if (running === this.running) return;
    this.running = running;
    this.stop();
    if (!running) return;
    this.worker.again();
    this.timer = setInterval(() => this.worker.again(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
