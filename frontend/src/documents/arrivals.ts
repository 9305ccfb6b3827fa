/** Operations of the log in the order of their versions, however they arrive; and the newest ones, for latecomers. */

import type { Delta } from "./types";

/** An operation, or the news that one's own is in the log: then it has no change. */
export interface Arrived {
  op_id: string;
  version: number;
  change?: Delta;
}

/** Operations kept for cursors that are a little late. */
const RECENT = 512;

export class Arrivals {
  /** The newest version that was taken; -1 before the document is there. */
  version = -1;
  private readonly held = new Map<number, Arrived>();
  /** Oldest first; the last one led to `version`. */
  private recent: Delta[] = [];

  hold(arrived: Arrived): void {
    if (arrived.version <= this.version) return;
    // An acknowledgement says less than the operation itself.
    if (arrived.change || !this.held.has(arrived.version)) this.held.set(arrived.version, arrived);
  }

  /** The one whose turn it is. */
  next(): Arrived | undefined {
    const next = this.held.get(this.version + 1);
    if (next) this.held.delete(next.version);
    return next;
  }

  /** Whether something waits for what has not arrived. */
  get hasGap(): boolean {
    return this.held.size > 0;
  }

  taken(version: number, change: Delta): void {
    this.version = version;
    this.recent.push(change);
    if (this.recent.length > RECENT) this.recent.shift();
  }

  /** The changes after a version; undefined: that was too long ago. */
  since(version: number): readonly Delta[] | undefined {
    const count = this.version - version;
    return count >= 0 && count <= this.recent.length
      ? this.recent.slice(this.recent.length - count)
      : undefined;
  }

  /** The document was loaded anew. */
  restart(version: number, recent: Delta[]): void {
    this.version = version;
    this.recent = recent;
    for (const held of this.held.keys()) if (held <= version) this.held.delete(held);
  }

  /** What waits will come again. */
  forget(): void {
    this.held.clear();
  }
}
