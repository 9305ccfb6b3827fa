/**
 * Changes that the server has not acknowledged, kept in the browser: they survive a reload, a crash and days offline.
 *
 * Each window keeps a row of its own. What a window left behind that is gone is taken over by the next one that opens the
 * same document; two windows that live never take each other's.
 */

import { uuid } from "../live/channel";
import type { Part } from "./queue";
import type { Delta } from "./types";

/** A change that could not be done: its author gets it back. */
export interface Rescued {
  id: string;
  change: Delta;
  /** What it would have inserted, as plain text. */
  text: string;
  reason: string;
  message: string;
  /** Milliseconds since 1970. */
  at: number;
}

export interface Kept {
  parts: readonly Part[];
  rescued: readonly Rescued[];
}

/** Of one row: `key` names it for ever, `window` is whose it is now. */
export interface Row {
  key: string;
  window: string;
  kept: Kept;
}

/** The rows of one person's document, in a place that all windows of a browser share. */
export interface Shelf {
  read(scope: string): Promise<Row[]>;
  /** Reads and changes at once, as seen by other windows: `work` returns rows to put; an array of keys to remove. */
  change(scope: string, work: (rows: Row[]) => { put: Row[]; remove: string[] }): Promise<void>;
}

/** Which windows of this browser still live. */
export interface Windows {
  /** This window begins to live. */
  enter(window: string): Promise<void>;
  dead(windows: string[]): Promise<Set<string>>;
  leave(window: string): void;
}

export class Pending {
  readonly window = uuid();
  private readonly scope: string;
  private readonly entered: Promise<void>;
  /** Rows taken over that the next row of our own replaces. */
  private replaced: string[] = [];
  private wanted: Kept = { parts: [], rescued: [] };
  private writing?: Promise<void>;
  private next?: Promise<void>;

  constructor(
    private readonly shelf: Shelf,
    private readonly windows: Windows,
    personId: number,
    documentId: number,
  ) {
    this.scope = `${personId}/${documentId}/`;
    this.entered = windows.enter(this.window).catch(() => undefined);
  }

  /** Writes it down; resolves when it is, or cannot be. Of many at once only the newest is written. */
  save(kept: Kept): Promise<void> {
    this.wanted = kept;
    if (!this.writing) return (this.writing = this.write());
    return (this.next ??= this.writing.then(() => {
      this.next = undefined;
      return (this.writing = this.write());
    }));
  }

  /**
   * Gives `take` what dead windows left, if anything; from then on every `save` must hold it. Until the first one it
   * stays where it is: whoever finds this window dead before, finds it there.
   */
  async adopt(take: (found: Kept[]) => void): Promise<void> {
    try {
      await this.entered;
      const owners = (await this.shelf.read(this.scope)).map((row) => row.window);
      const others = [...new Set(owners)].filter((window) => window !== this.window);
      if (others.length === 0) return;
      const dead = await this.windows.dead(others);
      let found: Row[] = [];
      await this.shelf.change(this.scope, (rows) => {
        found = rows.filter((row) => dead.has(row.window));
        return { put: found.map((row) => ({ ...row, window: this.window })), remove: [] };
      });
      if (found.length === 0) return;
      this.replaced.push(...found.map((row) => row.key));
      take(found.map((row) => row.kept));
    } catch {
      // As in `write`.
    }
  }

  /** This window needs nothing any more; what it could not send is for the next one. */
  async close(): Promise<void> {
    await this.next;
    await this.writing;
    this.windows.leave(this.window);
  }

  private async write(): Promise<void> {
    const { wanted } = this;
    const key = this.scope + this.window;
    const replaced = this.replaced.splice(0);
    const isEmpty = wanted.parts.length === 0 && wanted.rescued.length === 0;
    try {
      await this.shelf.change(this.scope, () => ({
        put: isEmpty ? [] : [{ key, window: this.window, kept: wanted }],
        remove: isEmpty ? [...replaced, key] : replaced,
      }));
    } catch {
      // A private window or a full disk keeps nothing; the page goes on with what it has in memory.
      this.replaced.push(...replaced);
    } finally {
      this.writing = undefined;
    }
  }
}

/** All rows without what could be taken back; those that held nothing else go. */
export function withoutTurns(rows: Row[]): { put: Row[]; remove: string[] } {
  const put: Row[] = [];
  const remove: string[] = [];
  for (const row of rows) {
    const parts = row.kept.parts
      .filter(({ queue }) => queue.length > 0)
      .map(({ version, queue }) => ({ version, queue }));
    if (parts.length > 0 || row.kept.rescued.length > 0) put.push({ ...row, kept: { ...row.kept, parts } });
    else remove.push(row.key);
  }
  return { put, remove };
}

/** A browser of Node's: what one process keeps in memory. For tests and tools. */
export class MemoryBrowser implements Shelf, Windows {
  private readonly rows = new Map<string, Row>();
  private readonly living = new Set<string>();

  read(scope: string): Promise<Row[]> {
    return Promise.resolve(structuredClone(this.of(scope)));
  }

  change(scope: string, work: (rows: Row[]) => { put: Row[]; remove: string[] }): Promise<void> {
    const { put, remove } = work(structuredClone(this.of(scope)));
    for (const row of put) this.rows.set(row.key, structuredClone(row));
    for (const key of remove) this.rows.delete(key);
    return Promise.resolve();
  }

  enter(window: string): Promise<void> {
    this.living.add(window);
    return Promise.resolve();
  }

  dead(windows: string[]): Promise<Set<string>> {
    return Promise.resolve(new Set(windows.filter((window) => !this.living.has(window))));
  }

  leave(window: string): void {
    this.living.delete(window);
  }

  private of(scope: string): Row[] {
    return [...this.rows.values()].filter((row) => row.key.startsWith(scope));
  }
}
