/**
 * A joined topic: snapshots, events in order, pushes that arrive exactly once.
 *
 * State topics: newest wins. Log topics: each event names the one before it (`previous`); what the snapshot holds is
 * dropped, a gap means join again for a new snapshot.
 */

import type { Channel } from "phoenix";
import type { LiveSocket } from "./connection";

export interface Versioned {
  version: number;
  previous?: number;
}

export interface Refusal {
  reason: string;
  message: string;
  /** Which of several values it is about. */
  field?: string;
}

/** What a push was answered: the reply, or why not. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }

  get reason(): string {
    return this.refusal.reason;
  }
}

/** Milliseconds a command waits for its answer, over a break and back. */
const PATIENCE_MS = 30_000;
/** What will not change by asking again: a matter for a person. */
const FINAL = new Set(["forbidden", "not_found", "gone"]);
export const isFinal = (refusal: Refusal): boolean => FINAL.has(refusal.reason);

type Payload = Record<string, unknown>;

interface Sent {
  event: string;
  payload: Payload;
  resolve: (reply: Payload) => void;
  reject: (error: Refused) => void;
  giveUpAt: number;
  underway: boolean;
}

export class LiveChannel<Snapshot extends object> {
  private channel: Channel;
  private snapshotListeners: ((snapshot: Snapshot) => void)[] = [];
  private refusedListeners: ((refusal: Refusal) => void)[] = [];
  private unanswered = new Set<Sent>();
  private joined = false;
  /** Events that came before the snapshot they may follow on. */
  private early: (() => void)[] = [];
  private left = false;
  private ended?: Refusal;
  /** Version of the newest thing seen on this topic. */
  version = -1;

  constructor(
    live: LiveSocket,
    readonly topic: string,
    params: Payload | (() => Payload) = {},
    private versionOf: (snapshot: Snapshot) => number = () => -1,
  ) {
    this.channel = live.socket.channel(topic, params as object);
    this.channel.onError(() => this.interrupted());
    this.channel.onClose(() => this.closed());
  }

  join(): this {
    this.channel
      .join()
      .receive("ok", (snapshot: Snapshot) => {
        this.version = this.versionOf(snapshot);
        this.joined = true;
        this.snapshotListeners.forEach((listener) => listener(snapshot));
        this.early.splice(0).forEach((take) => take());
        this.sendAgain();
      })
      .receive("error", (refusal: Refusal) => {
        // Everything else passes: the client asks again by itself, and the page keeps what it shows.
        if (refusal.reason === "reload") this.refuse(refusal);
        if (!isFinal(refusal)) return;
        this.leave();
        this.end(refusal);
      });
    return this;
  }

  leave(): void {
    this.left = true;
    this.channel.leave();
  }

  onSnapshot(listener: (snapshot: Snapshot) => void): void {
    this.snapshotListeners.push(listener);
  }

  /** Why this topic cannot be followed any more; `reload`: the page is older than the server. */
  onRefused(listener: (refusal: Refusal) => void): void {
    this.refusedListeners.push(listener);
  }

  /** Any event, as it comes. */
  on<Event>(event: string, listener: (payload: Event) => void): void {
    this.channel.on(event, (payload: Event) => listener(payload));
  }

  /** An event of a topic without versions, such as one changed row: what comes before the snapshot is put in after it. */
  onRow<Event>(event: string, listener: (payload: Event) => void): void {
    this.channel.on(event, (payload: Event) => {
      if (this.joined) listener(payload);
      else this.early.push(() => listener(payload));
    });
  }

  /** An event of a state topic: the whole value; older ones are dropped. */
  onState<Event extends Versioned>(event: string, listener: (payload: Event) => void): void {
    this.channel.on(event, (payload: Event) => {
      if (payload.version <= this.version) return;
      this.version = payload.version;
      // Before the snapshot there is nothing to put it into; the snapshot may be older, so the version is remembered.
      listener(payload);
    });
  }

  /** An event of a log topic: what changed since `previous`. */
  onLog<Event extends Versioned>(event: string, listener: (payload: Event) => void): void {
    const take = (payload: Event) => {
      if (!this.joined) return void this.early.push(() => take(payload));
      if (payload.version <= this.version) return;
      if (payload.previous !== undefined && payload.previous > this.version) {
        this.rejoin();
        return;
      }
      this.version = payload.version;
      listener(payload);
    };
    this.channel.on(event, take);
  }

  /** Asks for a new snapshot: the client treats the channel as broken and joins it again at once. */
  rejoin(): void {
    this.joined = false;
    (this.channel as unknown as { trigger: (event: string) => void }).trigger("phx_error");
  }

  /** Sends a command. It carries an op_id, so that sending it again after a break does it once. */
  push<Reply extends object = { version: number }>(event: string, payload: Payload = {}): Promise<Reply> {
    if (this.ended) return Promise.reject(new Refused(this.ended));
    return new Promise((resolve, reject) => {
      const sent: Sent = {
        event,
        payload: { op_id: uuid(), ...payload },
        resolve: resolve as (reply: Payload) => void,
        reject,
        giveUpAt: Date.now() + PATIENCE_MS,
        underway: false,
      };
      this.unanswered.add(sent);
      setTimeout(() => this.giveUp(sent), PATIENCE_MS);
      if (this.joined) this.send(sent);
    });
  }

  private send(sent: Sent): void {
    sent.underway = true;
    this.channel
      .push(sent.event, sent.payload, PATIENCE_MS)
      .receive("ok", (reply: Payload) => this.settle(sent, () => sent.resolve(reply)))
      .receive("error", (refusal: Refusal) => {
        if (refusal.reason === "unmatched topic") {
          sent.underway = false; // the rejoin sends it again
          if (this.joined) this.rejoin();
        } else this.settle(sent, () => sent.reject(new Refused(refusal)));
      });
  }

  private settle(sent: Sent, answer: () => void): void {
    if (this.unanswered.delete(sent)) answer();
  }

  private giveUp(sent: Sent): void {
    const message = "The server did not answer. It is not certain that this was done.";
    this.settle(sent, () => sent.reject(new Refused({ reason: "timeout", message })));
  }

  /** Closed by the server, and not because we left: whoever is here may be here no longer. */
  private closed(): void {
    this.interrupted();
    if (!this.left)
      this.end({
        reason: "closed",
        message: "Your access to this has changed. Reload the page to go on.",
      });
  }

  /** For good: what waits for an answer gets this one. */
  private end(refusal: Refusal): void {
    this.ended = refusal;
    for (const sent of this.unanswered) this.settle(sent, () => sent.reject(new Refused(refusal)));
    this.refuse(refusal);
  }

  private refuse(refusal: Refusal): void {
    this.refusedListeners.forEach((listener) => listener(refusal));
  }

  private interrupted(): void {
    this.joined = false;
    this.early = [];
    for (const sent of this.unanswered) sent.underway = false;
  }

  private sendAgain(): void {
    for (const sent of this.unanswered) if (!sent.underway && sent.giveUpAt > Date.now()) this.send(sent);
  }
}

/** crypto.randomUUID exists only on HTTPS and localhost; a studio's LAN address is neither. */
export function uuid(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
