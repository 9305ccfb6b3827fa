/** The chats of all platforms as one: what was said, what was taken away, what is on its way. No DOM. */

import { whole } from "../lib/text";
import { LiveChannel, Refused } from "../live/channel";
import type { LiveSocket } from "../live/connection";
import { merged, newest, rejoined, sameViewer } from "./talk";
import type { ChatRights, ChatSnapshot, Sent, StreamEvent } from "./types";

/** Messages kept; and while somebody reads further up, so that nothing moves away under the eye. */
export const KEPT = 2_000;
export const KEPT_WHILE_READ = 6_000;
/** Times the server is asked for what was missed in a break. */
const MOST_FILLED = 4;
/** Milliseconds a removal may be older than the snapshot that does not know of it. */
const RACE_MS = 5_000;
/** Milliseconds after which a sent message that never came back is shown no longer. */
const ECHO_WITHIN_MS = 10_000;
export const TIME_OUT_S = 600;

/** A message of ours that is on its way. */
export interface Pending {
  key: number;
  text: string;
  /** Where it has not arrived yet. */
  waiting: readonly string[];
}

/** What was done, with the way back. */
export interface Done {
  key: number;
  says: string;
  undo?: (() => void) | undefined;
}

export class ChatStore {
  talk = $state.raw<readonly StreamEvent[]>([]);
  pending = $state.raw<readonly Pending[]>([]);
  can = $state.raw<ChatRights>({ send: false, moderate: false, questions: false });
  ready = $state(false);
  refused = $state<string>();
  outdated = $state(false);
  /** The newest thing that was done here, or could not be. */
  done = $state.raw<Done>();
  /** The id before which messages are missing. */
  gap = $state<number>();
  /** Nothing is older than what is here. */
  complete = $state(false);
  loading = $state(false);
  /** Somebody reads further up. */
  held = false;
  /** How many came since the page was opened: tells "new" from "loaded". */
  arrived = 0;

  private channel?: LiveChannel<ChatSnapshot>;
  private waiting: StreamEvent[] = [];
  private frame: number | undefined;
  private readonly removals = new Map<number, number>();
  private keys = 0;
  /** The id from which on everything is here that was not removed. */
  private from = 0;

  /** `frameOf` draws; a page that is hidden draws none, so it takes time instead. */
  constructor(private readonly frameOf: (then: () => void) => number = nextFrame) {}

  follow(socket: LiveSocket, studioId: number): void {
    const channel = new LiveChannel<ChatSnapshot>(socket, `chat:${studioId}`);
    channel.onSnapshot((snapshot) => this.takeSnapshot(snapshot));
    channel.on<{ events: StreamEvent[] }>("events", ({ events }) => this.take(events));
    channel.on<{ ids: number[]; why: string }>("removed", ({ ids }) => this.remove(ids));
    channel.on<{ events: StreamEvent[] }>("restored", ({ events }) => this.restore(events));
    channel.onRefused(({ reason, message }) => {
      if (reason === "reload") this.outdated = true;
      else this.refused ??= message;
    });
    this.channel = channel.join();
  }

  // What the server says.

  takeSnapshot({ events, last_id, can }: ChatSnapshot): void {
    this.apply();
    this.can = can;
    const known = this.talk.at(-1)?.id;
    const there = events.filter(({ id }) => !this.removedJustNow(id));
    const missed = this.ready && known !== undefined && there.length > 0 && there[0]!.id > known;
    this.talk = this.bounded(rejoined(this.talk, there, last_id));
    if (!this.ready) {
      this.complete = events.length === 0;
      this.from = events[0]?.id ?? 0;
    }
    this.ready = true;
    if (missed) void this.fill(there[0]!.id, known);
  }

  /** New messages; drawn with the next frame, all that came until then at once. */
  take(events: readonly StreamEvent[]): void {
    this.waiting.push(...events);
    this.frame ??= this.frameOf(() => this.apply());
  }

  remove(ids: readonly number[]): void {
    this.apply();
    const gone = new Set(ids);
    const now = Date.now();
    for (const [id, at] of this.removals) if (now - at > RACE_MS) this.removals.delete(id);
    for (const id of ids) this.removals.set(id, now);
    if (this.talk.some(({ id }) => gone.has(id))) this.talk = this.talk.filter(({ id }) => !gone.has(id));
  }

  restore(events: readonly StreamEvent[]): void {
    for (const { id } of events) this.removals.delete(id);
    this.apply();
    // What is older than all that was kept would stand alone among strangers.
    const from = this.complete ? -Infinity : this.from;
    this.talk = merged(
      this.talk,
      events.filter(({ id }) => id >= from),
    );
  }

  /** Draws what waits. */
  apply(): void {
    this.frame = undefined;
    if (this.waiting.length === 0) return;
    const come = this.waiting.splice(0).filter(({ id }) => !this.removedJustNow(id));
    const before = this.talk;
    const all = merged(before, come);
    if (all === before) return;
    this.arrived += all.length - before.length;
    this.talk = this.bounded(all);
    if (this.pending.length > 0) come.forEach((event) => this.returned(event));
  }

  /** The messages further up are read no longer. */
  letGo(): void {
    this.held = false;
    this.talk = this.bounded(this.talk);
  }

  private bounded(talk: readonly StreamEvent[]): readonly StreamEvent[] {
    const kept = newest(talk, this.held ? KEPT_WHILE_READ : KEPT);
    if (kept !== talk) {
      this.complete = false;
      this.from = kept[0]!.id;
    }
    if (this.gap !== undefined && kept[0] && kept[0].id >= this.gap) this.gap = undefined;
    return kept;
  }

  private removedJustNow(id: number): boolean {
    const at = this.removals.get(id);
    return at !== undefined && Date.now() - at <= RACE_MS;
  }

  // What is asked of it.

  /** Messages before the first that is here. */
  async loadOlder(): Promise<void> {
    const first = this.talk[0]?.id;
    if (first === undefined || this.complete || this.loading || this.talk.length >= KEPT_WHILE_READ) return;
    this.loading = true;
    const events = await this.older(first);
    this.loading = false;
    if (!events) return;
    if (events.length === 0) this.complete = true;
    else {
      this.from = Math.min(this.from, events[0]!.id);
      this.talk = merged(this.talk, events);
    }
  }

  /** What was missed in a break, from the newer end; what cannot be had leaves a gap that is told of. */
  async fill(before: number, known: number): Promise<void> {
    this.gap = before;
    for (let times = 0; times < MOST_FILLED; times += 1) {
      const events = await this.older(before);
      if (!events) return;
      const reached = events.length === 0 || events[0]!.id <= known;
      this.talk = this.bounded(merged(this.talk, events));
      this.gap = reached || this.talk[0]!.id > known ? undefined : (before = events[0]!.id);
      if (this.gap === undefined) return;
    }
  }

  /** Asks once more for what is missing. */
  fillGap(): void {
    const { gap } = this;
    if (gap === undefined) return;
    const known = this.talk.findLast(({ id }) => id < gap)?.id;
    if (known === undefined) this.gap = undefined;
    else void this.fill(gap, known);
  }

  private async older(beforeId: number): Promise<readonly StreamEvent[] | undefined> {
    const reply = await this.push<{ events: StreamEvent[] }>("older", { before_id: beforeId });
    return reply instanceof Refused ? undefined : reply.events.filter(({ id }) => id < beforeId);
  }

  /** Sends to these platforms; what came of it at each that said no. */
  async send(text: string, platforms: readonly string[], replyTo?: number): Promise<readonly Sent[]> {
    const key = (this.keys += 1);
    const words = whole(text);
    this.pending = [...this.pending, { key, text: words, waiting: platforms }];
    const reply = await this.push<{ sent: Sent[] }>("send", {
      text: words,
      platforms,
      ...(replyTo !== undefined && { reply_to: replyTo }),
    });
    if (reply instanceof Refused) {
      this.settle(key, platforms);
      return platforms.map((platform) => ({ platform, ok: false, sentence: reply.message }));
    }
    const failed = reply.sent.filter(({ ok }) => !ok);
    this.settle(
      key,
      failed.map(({ platform }) => platform),
    );
    // It is in the chat, but the platform did not show it to us: no reason to say "sending" for ever.
    setTimeout(() => this.settle(key, platforms), ECHO_WITHIN_MS);
    return failed;
  }

  hide(event: StreamEvent): Promise<void> {
    this.remove([event.id]);
    return this.moderate("hide", { id: event.id }, "Message hidden", {
      undo: () => this.bringBack(event),
      failed: () => this.restore([event]),
    });
  }

  timeOut(event: StreamEvent): Promise<void> {
    const says = `${event.user?.name ?? "The viewer"} is timed out for 10 minutes`;
    const payload = { id: event.id, seconds: TIME_OUT_S };
    return this.moderate("time_out", payload, says, { undo: () => void this.unban(event) });
  }

  ban(event: StreamEvent): Promise<void> {
    const says = `${event.user?.name ?? "The viewer"} is banned`;
    return this.moderate("ban", { id: event.id }, says, { undo: () => void this.unban(event) });
  }

  async unban({ platform, user }: StreamEvent): Promise<void> {
    if (!user) return;
    await this.moderate("unban", { platform, user_id: user.id }, `${user.name} may write again`);
  }

  /** How many messages of the same viewer are here. */
  ofViewer(event: StreamEvent): number {
    return this.talk.filter((one) => sameViewer(one, event)).length;
  }

  say(says: string, undo?: () => void): void {
    this.done = { key: (this.keys += 1), says, undo };
  }

  private async bringBack(event: StreamEvent): Promise<void> {
    const reply = await this.push("restore", { id: event.id });
    if (reply instanceof Refused) this.say(reply.message);
    else this.restore([event]);
  }

  private async moderate(
    what: string,
    payload: Record<string, unknown>,
    says: string,
    { undo, failed }: { undo?: () => void; failed?: () => void } = {},
  ): Promise<void> {
    const reply = await this.push<{ sentence?: string }>(what, payload);
    if (reply instanceof Refused) {
      failed?.();
      this.say(reply.message);
    } else this.say(reply.sentence || says, undo);
  }

  private async push<Reply extends object>(
    event: string,
    payload: Record<string, unknown>,
  ): Promise<Reply | Refused> {
    const nowhere = new Refused({ reason: "away", message: "The page is not connected yet." });
    if (!this.channel) return nowhere;
    try {
      return await this.channel.push<Reply>(event, payload);
    } catch (error) {
      if (error instanceof Refused) return error;
      throw error;
    }
  }

  /** One of ours has come back from its platform. */
  private returned({ platform, text, user }: StreamEvent): void {
    if (!user?.roles?.includes("own") && !user?.roles?.includes("broadcaster")) return;
    const mine = this.pending.find((one) => one.text === text && one.waiting.includes(platform));
    if (mine) this.settle(mine.key, [platform]);
  }

  private settle(key: number, platforms: readonly string[]): void {
    this.pending = this.pending.flatMap((one) => {
      if (one.key !== key) return [one];
      const waiting = one.waiting.filter((platform) => !platforms.includes(platform));
      return waiting.length ? [{ ...one, waiting }] : [];
    });
  }
}

/** A page behind another draws nothing, but must not heap up what it is told. */
function nextFrame(then: () => void): number {
  if (document.visibilityState === "hidden") return setTimeout(then, 250) as unknown as number;
  return requestAnimationFrame(then);
}
