/** The chat as an overlay shows it: the newest messages, nothing to do with them. Bounded for a show of hours. No DOM. */

import { LiveChannel } from "../live/channel";
import type { LiveSocket } from "../live/connection";
import { merged, newest, rejoined } from "../streams/talk";
import type { StreamEvent } from "../streams/types";

/** No widget shows more of them at once. */
export const KEPT = 60;
/** Milliseconds a removal may be older than the snapshot that does not know of it. */
const RACE_MS = 5_000;

interface Snapshot {
  events: readonly StreamEvent[];
  last_id: number;
}

export class OverlayChatStore {
  private all = $state.raw<readonly StreamEvent[]>([]);
  /** When each came to this page, by id, in milliseconds of its own clock. */
  readonly cameAt = new Map<number, number>();
  private readonly gone = new Map<number, number>();
  private waiting: StreamEvent[] = [];
  private frame: number | undefined;

  /** Oldest first. Where anything is real, what a rehearsal made up is left out. */
  talk = $derived.by(() => {
    const real = this.all.filter(({ rehearsal }) => !rehearsal);
    return real.length ? real : this.all;
  });

  constructor(private readonly frameOf: (then: () => void) => number = nextFrame) {}

  follow(socket: LiveSocket, studioId: number): void {
    const channel = new LiveChannel<Snapshot>(socket, `chat:${studioId}`);
    channel.onSnapshot((snapshot) => this.takeSnapshot(snapshot));
    channel.onRow<{ events: StreamEvent[] }>("events", ({ events }) => this.takeEvents(events));
    channel.onRow<{ ids: number[] }>("removed", ({ ids }) => this.remove(ids));
    channel.onRow<{ events: StreamEvent[] }>("restored", ({ events }) => this.restore(events));
    channel.join();
  }

  /** As a socket would tell it. */
  take(event: string, payload: Record<string, unknown>): void {
    if (event === "snapshot") this.takeSnapshot(payload as unknown as Snapshot);
    else if (event === "events") this.takeEvents(payload["events"] as StreamEvent[]);
    else if (event === "removed") this.remove(payload["ids"] as number[]);
    else if (event === "restored") this.restore(payload["events"] as StreamEvent[]);
  }

  takeSnapshot({ events, last_id }: Snapshot): void {
    this.apply();
    const there = events.filter(({ id }) => !this.wentJustNow(id)).filter(isSaid);
    this.keep(rejoined(this.all, there.slice(-KEPT), last_id));
  }

  /** New messages; drawn with the next frame, all that came until then at once. */
  takeEvents(events: readonly StreamEvent[]): void {
    this.waiting.push(...events.filter(isSaid));
    if (this.waiting.length > KEPT) this.waiting.splice(0, this.waiting.length - KEPT);
    this.frame ??= this.frameOf(() => this.apply());
  }

  remove(ids: readonly number[]): void {
    this.apply();
    const now = Date.now();
    for (const [id, at] of this.gone) if (now - at > RACE_MS) this.gone.delete(id);
    for (const id of ids) this.gone.set(id, now);
    const over = new Set(ids);
    if (this.all.some(({ id }) => over.has(id))) this.keep(this.all.filter(({ id }) => !over.has(id)));
  }

  restore(events: readonly StreamEvent[]): void {
    for (const { id } of events) this.gone.delete(id);
    // What is older than all that is shown stays away.
    const first = this.all[0]?.id ?? 0;
    this.keep(
      merged(
        this.all,
        events.filter(isSaid).filter(({ id }) => id > first),
      ),
    );
  }

  private apply(): void {
    this.frame = undefined;
    if (this.waiting.length === 0) return;
    this.keep(
      merged(
        this.all,
        this.waiting.splice(0).filter(({ id }) => !this.wentJustNow(id)),
      ),
    );
  }

  private keep(talk: readonly StreamEvent[]): void {
    const kept = newest(talk, KEPT);
    const ids = new Set(kept.map(({ id }) => id));
    for (const id of this.cameAt.keys()) if (!ids.has(id)) this.cameAt.delete(id);
    const now = Date.now();
    for (const id of ids) if (!this.cameAt.has(id)) this.cameAt.set(id, now);
    this.all = kept;
  }

  private wentJustNow(id: number): boolean {
    const at = this.gone.get(id);
    return at !== undefined && Date.now() - at <= RACE_MS;
  }
}

/** Notices of the platform are for the crew. */
const isSaid = ({ kind }: StreamEvent): boolean => kind === "chat" || kind === "question";

/** A scene that is hidden draws nothing, but must not heap up what it is told. */
function nextFrame(then: () => void): number {
  if (document.visibilityState === "hidden") return setTimeout(then, 250) as unknown as number;
  return requestAnimationFrame(then);
}
