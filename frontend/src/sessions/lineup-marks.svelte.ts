/** What the rows of a lineup are marked with, each row on its own: a key press touches three of two thousand. */

import type { Wish } from "./wanted.svelte";

export interface Marked {
  onAir: number | undefined;
  /** What "Go" would show. */
  ready: number | undefined;
  next: number | undefined;
  shown: number | undefined;
  /** Where the show is on its way to. */
  waiting: number | undefined;
  /** Where Enter in the search field goes. */
  enter: number | undefined;
}

export class RowMarks {
  onAir = $state(false);
  ready = $state(false);
  next = $state(false);
  shown = $state(false);
  waiting = $state(false);
  enter = $state(false);
  /** How often viewers ask for it. */
  wish = $state.raw<Wish>();
}

const KINDS = ["onAir", "ready", "next", "shown", "waiting", "enter"] as const;

export class LineupMarks {
  private readonly rows = new Map<number, RowMarks>();
  private now: Marked = {
    onAir: undefined,
    ready: undefined,
    next: undefined,
    shown: undefined,
    waiting: undefined,
    enter: undefined,
  };

  /** Of the line with this id; the same one always. */
  of(itemId: number): RowMarks {
    let row = this.rows.get(itemId);
    if (!row) this.rows.set(itemId, (row = new RowMarks()));
    return row;
  }

  /**
   * The lines there are. Before any is drawn: an effect does not follow what it has made itself, so a row that made its
   * own marks would never see them change.
   */
  keep(itemIds: readonly number[]): void {
    const known = new Set(itemIds);
    for (const id of this.rows.keys()) if (!known.has(id)) this.rows.delete(id);
    for (const id of itemIds) this.of(id);
  }

  /** What the viewers ask for, by the line's id. */
  ask(wishes: ReadonlyMap<number, Wish>): void {
    for (const [id, row] of this.rows) {
      const [before, now] = [row.wish, wishes.get(id)];
      if (before?.total !== now?.total || before?.recent !== now?.recent) row.wish = now;
    }
  }

  /** Moves the marks to these lines. */
  put(marked: Marked): void {
    for (const kind of KINDS) {
      const [before, after] = [this.now[kind], marked[kind]];
      if (before !== undefined && before !== after) this.of(before)[kind] = false;
      if (after !== undefined) this.of(after)[kind] = true;
    }
    this.now = marked;
  }
}
