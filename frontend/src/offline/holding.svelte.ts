/**
 * A host's screen while the server is away: since when it holds, and where its host has stepped to. Moves this screen
 * alone and sends nothing; the first snapshot after the break ends it (X5, T10, T11).
 */

import { FORGOTTEN_AFTER_MS, NumberBuffer } from "../lib/keys";
import { uuid } from "../live/channel";
import type { LiveSocket } from "../live/connection";
import { lineupOf, neighbour } from "../sessions/passing";
import type { SessionStore } from "../sessions/session.svelte";
import type { Kept, Owed } from "./record";
import { jump, step, type Step, type Stepped } from "./stepping";

/** A break shorter than this is not spoken of. */
const SPOKEN_OF_AFTER_MS = 1000;
/** A sentence that answers a key press stands so long. */
const SAID_FOR_MS = 3000;

export class HoldingStore {
  /** No word from the server that could be followed: nothing may be sent. */
  away = $state(true);
  /** The same, for long enough to say so. */
  private spokenOf = $state(false);
  private stepped = $state(false);
  /** By this machine's clock, milliseconds since 1970. */
  heardAt = $state.raw<number>();
  /** Why the last step led nowhere. */
  said = $state("");
  owed = $state.raw<Owed | null>(null);
  /** What is being typed. */
  digits = $state("");
  private readonly number = new NumberBuffer();
  private timer?: ReturnType<typeof setTimeout>;
  private saidTimer?: ReturnType<typeof setTimeout>;
  private digitsTimer?: ReturnType<typeof setTimeout>;
  /** The last word, kept out of the page's state: it comes with every message. */
  private lastWordAt?: number;

  readonly holding: boolean = $derived.by(() => this.away && this.spokenOf && this.store.ready);
  /** The host is somewhere else than the show was. */
  readonly stepping: boolean = $derived.by(() => this.holding && this.stepped && this.store.isElsewhere);
  /** What the next key press brings on this screen. */
  readonly next = $derived.by(() => {
    const { store } = this;
    if (!this.stepping) return store.armed ?? store.next;
    const next = neighbour(this.lineup, store.place, 1);
    return next === store.shown ? undefined : next;
  });
  /** The message as this screen knows it: "Got it" counts at once here, and is told later. */
  readonly live = $derived.by(() => {
    const { live } = this.store;
    if (!live?.message || live.message.acked_at || !this.owes(live.message.id)) return live;
    return { ...live, message: { ...live.message, acked_at: new Date(0).toISOString() } };
  });

  constructor(private readonly store: SessionStore) {
    this.startTimer();
  }

  follow(socket: LiveSocket): void {
    socket.socket.onMessage(() => void (this.lastWordAt = Date.now()));
    socket.onStatus((status) => {
      if (status === "signed out") this.end();
      else if (status !== "connected") this.lost();
    });
    this.store.onFollowing = () => this.back();
  }

  /** What was kept of the show, on a cold load: shown until the server speaks. */
  take(kept: Kept | undefined): void {
    if (!kept) return;
    if (this.away) {
      this.store.restore(kept);
      this.heardAt ??= kept.heardAt;
    }
    this.owed ??= kept.owed;
    if (!this.away) void this.tell();
  }

  /** When the server was last heard, for who keeps it. */
  get lastWord(): number {
    return this.lastWordAt ?? this.heardAt ?? Date.now();
  }

  step(how: Step): void {
    this.go(step(this.lineup, this.store.address, how));
  }

  jump(number: number): void {
    this.go(jump(this.lineup, number));
  }

  type(digit: string): void {
    this.number.type(digit, Date.now());
    this.digits = this.number.digits;
    clearTimeout(this.digitsTimer);
    this.digitsTimer = setTimeout(() => this.forgetDigits(), FORGOTTEN_AFTER_MS);
  }

  /** Goes to the typed number. False: nothing was typed. */
  enter(): boolean {
    const number = this.number.take(Date.now());
    this.forgetDigits();
    if (number === undefined || !this.holding) return false;
    this.jump(number);
    return true;
  }

  forgetDigits(): void {
    clearTimeout(this.digitsTimer);
    this.number.forget();
    this.digits = "";
  }

  /** "Got it": at once, or as soon as the server is back and the message is still the same. */
  acknowledge(): void {
    const message = this.store.live?.message;
    if (!message) return;
    if (this.away) this.owed = { messageId: message.id, opId: uuid() };
    else void this.store.acknowledge();
  }

  close(): void {
    clearTimeout(this.timer);
    clearTimeout(this.saidTimer);
    clearTimeout(this.digitsTimer);
  }

  private get lineup() {
    return lineupOf(this.store.items, this.store.session);
  }

  private owes(messageId: string): boolean {
    return this.owed?.messageId === messageId;
  }

  private go(to: Stepped): void {
    if (!this.away || !this.store.ready) return;
    clearTimeout(this.saidTimer);
    this.said = typeof to === "string" ? to : "";
    if (this.said) this.saidTimer = setTimeout(() => (this.said = ""), SAID_FOR_MS);
    if (typeof to === "string") return;
    // Whoever steps is told at once that nobody follows.
    this.speak();
    this.stepped = true;
    this.store.lookAt(to);
  }

  private lost(): void {
    if (this.lastWordAt !== undefined) this.heardAt = this.lastWordAt;
    if (this.away) return;
    this.away = true;
    this.startTimer();
  }

  private startTimer(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.speak(), SPOKEN_OF_AFTER_MS);
  }

  private speak(): void {
    this.spokenOf = true;
    // A bookmark must not win over the show after a break (T10); a first load that is only slow is none.
    if (this.store.ready) this.store.endAddress();
  }

  private back(): void {
    this.end();
    void this.tell();
  }

  private end(): void {
    clearTimeout(this.timer);
    this.away = this.spokenOf = this.stepped = false;
    this.said = "";
    this.forgetDigits();
  }

  /**
   * What a host has seen while away; not for another message that stands there now. Told again with the same id after
   * another break, it counts once.
   */
  private async tell(): Promise<void> {
    const { owed } = this;
    if (!owed) return;
    const message = this.store.live?.message;
    if (message?.id === owed.messageId && !message.acked_at) await this.store.acknowledge(owed.opId);
    if (!this.away && this.owed === owed) this.owed = null;
  }
}
