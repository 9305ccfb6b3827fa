/** Writes what a page shows to the shelf: at most once a second, and never while somebody waits for a picture. */

import type { Shelf } from "./database";
import type { Kept, Owner } from "./record";

const EVERY_MS = 1000;

export class Keeper {
  /** What there is to write; undefined while the page has nothing worth keeping. */
  private newest?: Kept;
  private written?: Kept;
  private timer?: ReturnType<typeof setTimeout>;
  private stopped = false;

  constructor(
    private readonly shelf: Shelf,
    private readonly owner: Owner,
    /** Runs something when the browser has nothing better to do. */
    private readonly whenIdle: (work: () => void) => void = idle,
  ) {
    shelf.onTaken = () => this.stop();
  }

  keep(kept: Kept): void {
    this.newest = kept;
    if (this.stopped) return;
    this.timer ??= setTimeout(() => this.whenIdle(() => this.flush()), EVERY_MS);
  }

  /** Writes at once what was not written yet: the page may be gone the next moment. */
  flush(heardAt?: number): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.stopped || !this.newest) return;
    const kept = { ...this.newest, heardAt: heardAt ?? this.newest.heardAt };
    if (this.written && same(this.written, kept)) return;
    const { session, items, ...moment } = kept;
    const isNew = session !== this.written?.session || items !== this.written.items;
    this.written = kept;
    void this.shelf.write(this.owner, moment, isNew ? { session, items } : undefined);
  }

  /** Nothing is written any more. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.newest = this.written = undefined;
  }

  /** What was kept of this show is taken away, and nothing is written any more. */
  forget(): Promise<void> {
    this.stop();
    return this.shelf.remove(this.owner);
  }
}

const same = (a: Kept, b: Kept): boolean =>
  (Object.keys(a) as (keyof Kept)[]).every((key) => a[key] === b[key]);

function idle(work: () => void): void {
  // Safari has no requestIdleCallback; a task after this one is the next best.
  if (typeof requestIdleCallback === "function") requestIdleCallback(work, { timeout: 1000 });
  else setTimeout(work);
}
