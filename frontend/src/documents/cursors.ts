/** Selections: those of others as they stand in the text on the screen, and one's own as others hear of it. */

import { positionBefore, transformPosition } from "./delta";
import type { Cursor, Delta } from "./types";

/** Milliseconds without a move after which somebody is shown as idle. */
export const IDLE_MS = 60_000;
/** Milliseconds between two of one's own that others hear of. */
const EVERY_MS = 100;

/** Somebody's selection in the text on the screen. */
export interface ShownCursor {
  window: string;
  user_id: number | null;
  name: string;
  anchor: number;
  head: number;
  /** Milliseconds since 1970. */
  movedAt: number;
}

export const isIdle = (cursor: ShownCursor, now = Date.now()): boolean => now - cursor.movedAt >= IDLE_MS;

/** What lies between a version and the screen. */
export interface Distance {
  /** The newest version that the screen has; -1 before the document is there. */
  version: () => number;
  /** The changes of the log after a version; undefined: nobody remembers. */
  since: (version: number) => readonly Delta[] | undefined;
  unsent: () => readonly Delta[];
}

export class RemoteCursors {
  private readonly shown = new Map<string, ShownCursor>();
  /** At versions that have not arrived yet. */
  private readonly early = new Map<string, Cursor>();
  /** One's own, which the server tells as everyone's. */
  ownWindow = "";

  constructor(
    private readonly distance: Distance,
    private readonly now: () => number = Date.now,
  ) {}

  get all(): ShownCursor[] {
    return [...this.shown.values()];
  }

  heard(cursor: Cursor): void {
    if (cursor.window === this.ownWindow) return;
    if (cursor.version > this.distance.version()) this.early.set(cursor.window, cursor);
    else {
      this.early.delete(cursor.window);
      this.place(cursor);
    }
  }

  /** The screen has a newer version. */
  advanced(): void {
    for (const cursor of this.early.values()) this.heard(cursor);
  }

  /** The text on the screen changes, through whomever. */
  changed(change: Delta): void {
    for (const [window, cursor] of this.shown)
      this.shown.set(window, {
        ...cursor,
        // What a neighbour types right there pushes nobody.
        anchor: transformPosition(change, cursor.anchor, true),
        head: transformPosition(change, cursor.head, true),
      });
  }

  /** Who is here; everyone else's is gone. */
  present(windows: ReadonlySet<string>): void {
    for (const cursors of [this.shown, this.early])
      for (const window of cursors.keys()) if (!windows.has(window)) cursors.delete(window);
  }

  clear(): void {
    this.shown.clear();
    this.early.clear();
  }

  private place({ anchor, head, version, window, user_id, name }: Cursor): void {
    const missed = this.distance.since(version);
    // Nobody knows where that is by now; the next one comes soon.
    if (!missed) return;
    const before = this.shown.get(window);
    for (const change of [...missed, ...this.distance.unsent()]) {
      anchor = transformPosition(change, anchor, true);
      head = transformPosition(change, head, true);
    }
    const moved = before?.anchor !== anchor || before.head !== head;
    const movedAt = moved ? this.now() : before.movedAt;
    this.shown.set(window, { window, user_id, name, anchor, head, movedAt });
  }
}

/** One's own selection. It is told at a version that others have: between an acknowledgement and the next change. */
export class OwnCursor {
  private selection?: { anchor: number; head: number };
  private due = false;
  private sentAt = -Infinity;
  private timer?: ReturnType<typeof setTimeout>;

  /** `ready`: called when the time has come to call `send` again. */
  constructor(private readonly ready: () => void) {}

  select(anchor: number, head: number): void {
    this.selection = { anchor, head };
    this.due = true;
  }

  /** Somebody else's change is applied to the screen. */
  changed(change: Delta): void {
    if (!this.selection) return;
    const { anchor, head } = this.selection;
    this.selection = {
      anchor: transformPosition(change, anchor, true),
      head: transformPosition(change, head, true),
    };
  }

  /** After a break others have forgotten it. */
  again(): void {
    this.due = this.selection !== undefined;
  }

  /** Where it is in the version that others have; undefined: nothing to tell now. `unsent` follows that version. */
  take(unsent: readonly Delta[]): { anchor: number; head: number } | undefined {
    if (!this.due || !this.selection) return undefined;
    const wait = this.sentAt + EVERY_MS - Date.now();
    if (wait > 0) {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.ready();
      }, wait);
      return undefined;
    }
    // Where others do not have all of it the place is the best there is: it is told again when they have.
    this.due = unsent.length > 0;
    this.sentAt = Date.now();
    let { anchor, head } = this.selection;
    for (const change of unsent.toReversed()) {
      anchor = positionBefore(change, anchor);
      head = positionBefore(change, head);
    }
    return { anchor, head };
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
