/** Where the reader of a long chat is: at its end and carried along, or somewhere above and left in peace. No DOM. */

import type { StreamEvent } from "./types";
import { anchorAt, drawn, Heights, scrolledTo, tops, type Anchor } from "./window";

/** Pixels from the end that still are the end. */
const END = 24;
/** Milliseconds the chat stands still after the mouse has moved over it. */
export const POINTING_MS = 2_500;

export class ChatView {
  events = $state.raw<readonly StreamEvent[]>([]);
  height = $state(0);
  /** The message that keys are about. */
  selected = $state<number>();
  /** The message under the mouse. */
  pointed = $state<number>();
  private away = $state(false);
  private anchor = $state.raw<Anchor>();
  /** The newest message when the reader was last carried along. */
  private seen = $state(-1);
  private measures = $state(0);
  private readonly heights = new Heights();
  private pointTimer: ReturnType<typeof setTimeout> | undefined;

  readonly ids = $derived(this.events.map(({ id }) => id));
  readonly places = $derived.by(() => (void this.measures, tops(this.ids, this.heights)));
  readonly total = $derived(this.places.at(-1) ?? 0);
  readonly following = $derived(!this.away && this.selected === undefined && this.pointed === undefined);
  readonly scrolled = $derived.by(() => {
    const end = Math.max(0, this.total - this.height);
    if (this.following || !this.anchor) return end;
    return Math.min(end, Math.max(0, scrolledTo(this.ids, this.places, this.anchor)));
  });
  readonly window = $derived(drawn(this.places, this.scrolled, this.height));
  readonly drawn = $derived(this.events.slice(this.window.from, this.window.to));
  /** How many came since the reader was last carried along. */
  readonly fresh = $derived.by(() => {
    if (this.following) return 0;
    let index = this.ids.length;
    while (index > 0 && this.ids[index - 1]! > this.seen) index -= 1;
    return this.ids.length - index;
  });

  /** The message with this id, where it is still there. */
  event(id: number | undefined): StreamEvent | undefined {
    return id === undefined ? undefined : this.events.find((event) => event.id === id);
  }

  /** The reader scrolled, or the list did for them. */
  scrolledTo(top: number): void {
    if (Math.abs(top - this.scrolled) < 1) return;
    const end = this.total - this.height;
    if (top >= end - END && this.selected === undefined) return this.toEnd();
    this.hold();
    this.away = true;
    this.anchor = anchorAt(this.ids, this.places, top);
  }

  /** To the newest, and on with them. */
  toEnd(): void {
    this.away = false;
    this.selected = undefined;
    this.pointed = undefined;
    this.anchor = undefined;
  }

  select(id: number): void {
    this.hold();
    this.selected = id;
    this.reveal(id);
  }

  /** The message above or below; below the newest there is none, and the chat goes on. */
  step(by: 1 | -1): void {
    const at =
      this.selected === undefined ? this.lastSeen() + (by < 0 ? 1 : 0) : this.ids.indexOf(this.selected);
    const to = at + by;
    if (this.selected === undefined && by > 0) return this.toEnd();
    if (to >= this.ids.length) return this.toEnd();
    const id = this.ids[Math.max(0, to)];
    if (id !== undefined) this.select(id);
  }

  /** The selected message goes: the one below it is next, else the one above. */
  leave(id: number): void {
    if (this.pointed === id) this.pointed = undefined;
    if (this.selected !== id) return;
    const at = this.ids.indexOf(id);
    const next = this.ids[at + 1] ?? this.ids[at - 1];
    if (next === undefined) this.toEnd();
    else this.select(next);
  }

  /** The mouse moved over a message: what one aims at must not move away. */
  point(id: number): void {
    this.hold();
    this.pointed = id;
    clearTimeout(this.pointTimer);
    this.pointTimer = setTimeout(() => this.unpoint(), POINTING_MS);
  }

  /** The mouse rests on the buttons of a message. */
  rest(): void {
    clearTimeout(this.pointTimer);
  }

  unpoint(): void {
    clearTimeout(this.pointTimer);
    this.pointed = undefined;
  }

  /** How high rows turned out to be; `width` is another one: nothing that was measured holds. */
  measure(rows: Iterable<readonly [id: number, height: number]>): void {
    let news = false;
    for (const [id, height] of rows) news = this.heights.measured(id, height) || news;
    if (!news) return;
    this.heights.only(this.ids);
    this.measures += 1;
  }

  forgetHeights(): void {
    this.heights.forget();
    this.measures += 1;
  }

  private hold(): void {
    if (!this.following) return;
    this.seen = this.ids.at(-1) ?? -1;
    this.anchor = anchorAt(this.ids, this.places, this.scrolled);
  }

  /** The last row that can be seen whole. */
  private lastSeen(): number {
    let index = this.ids.length - 1;
    while (index > 0 && this.places[index + 1]! > this.scrolled + this.height + 1) index -= 1;
    return index;
  }

  /** Scrolls as little as brings the message into view. */
  private reveal(id: number): void {
    const index = this.ids.indexOf(id);
    if (index < 0) return;
    const [top, bottom] = [this.places[index]!, this.places[index + 1]!];
    const from = this.scrolled;
    // Not beyond the end: with the next message the text would move there.
    const to = Math.min(
      Math.max(0, this.total - this.height),
      Math.max(Math.min(from, top - 8), bottom + 8 - this.height),
    );
    if (Math.abs(to - from) > 0.5) this.anchor = anchorAt(this.ids, this.places, Math.max(0, to));
  }
}
