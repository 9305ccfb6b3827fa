/**
 * Lower prices for a while, and the offer of one. What is over by the server's time is gone from this page that moment,
 * also when the server is away and cannot say so.
 */

import { money } from "../lib/money";
import { minutes } from "./show-time";
import type { Flash, Item, LiveState, Offer } from "./types";

/** The server's rules. */
export const LEAST_OFF = 1;
export const MOST_OFF = 90;
const OFFERED_FOR_MS = 120_000;
/** A timer is never set further ahead: a machine that slept, or a clock that was set, is found out soon. */
const LOOK_AGAIN_MS = 30_000;

/** What somebody wants: percent off, or a price. */
export interface FlashWish {
  item_id?: number;
  percent?: number;
  price_cents?: number;
  seconds: number;
}

export class Flashes {
  /** Those that run, by their line. */
  running = $state.raw<ReadonlyMap<number, Flash>>(new Map());
  offer = $state.raw<Offer>();
  private live: Pick<LiveState, "flashes" | "offer"> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `now`: the server's time. */
  constructor(private readonly now: () => number) {}

  take(live: Pick<LiveState, "flashes" | "offer"> | undefined): void {
    this.live = live;
    this.look();
  }

  of(item: Pick<Item, "id"> | undefined): Flash | undefined {
    return item && this.running.get(item.id);
  }

  /** Milliseconds that are left, for who counts down. */
  left(flash: Flash): number {
    return Math.max(0, Date.parse(flash.ends_at) - this.now());
  }

  /** The server's time, for who asks again. */
  private look(): void {
    clearTimeout(this.timer);
    const now = this.now();
    const { flashes, offer } = this.live ?? { flashes: {}, offer: null };
    const running = Object.entries(flashes ?? {}).filter(([, flash]) => Date.parse(flash.ends_at) > now);
    const ends = running.map(([, flash]) => Date.parse(flash.ends_at));
    if (!same(this.running, running))
      this.running = new Map(running.map(([id, flash]) => [Number(id), flash]));
    const offeredUntil = offer ? Date.parse(offer.at) + OFFERED_FOR_MS : 0;
    this.offer = offer && offeredUntil > now ? offer : undefined;
    if (this.offer) ends.push(offeredUntil);
    if (ends.length === 0) return;
    this.timer = setTimeout(() => this.look(), Math.min(Math.min(...ends) - now, LOOK_AGAIN_MS));
  }
}

/** Whether they are the ones of before: a key press must not make every row look again. */
function same(before: ReadonlyMap<number, Flash>, now: readonly [string, Flash][]): boolean {
  return (
    before.size === now.length &&
    now.every(([id, flash]) => {
      const known = before.get(Number(id));
      return (
        known?.id === flash.id && known.ends_at === flash.ends_at && known.price_cents === flash.price_cents
      );
    })
  );
}

export interface Prices {
  original: number | null;
  sale: number | null;
}

/** What a line costs without any flash. */
export const charged = (item: Pick<Item, "original_price_cents" | "sale_price_cents">): number | null =>
  item.sale_price_cents ?? item.original_price_cents;

/** The price to show and the struck one: while a flash runs, what was charged before it. */
export function prices(
  item: Pick<Item, "original_price_cents" | "sale_price_cents">,
  flash: Flash | undefined,
): Prices {
  if (!flash) return { original: item.original_price_cents, sale: item.sale_price_cents };
  const before = charged(item);
  return { original: before !== null && before > flash.price_cents ? before : null, sale: flash.price_cents };
}

/** As the server reckons it. */
export const lowered = (price: number, percent: number): number =>
  Math.floor((price * (100 - percent) + 50) / 100);

/** Why this price cannot be; empty when it can. */
export function refusedPrice(price: number, before: number): string {
  const off = (before - price) / before;
  return off < LEAST_OFF / 100 || off > MOST_OFF / 100
    ? `A flash price is ${LEAST_OFF} to ${MOST_OFF} % below what is charged`
    : "";
}

/** Whole seconds, rounded up: a countdown says 0:00 when it is over and not before. */
export const countdown = (leftMs: number): string => minutes(Math.ceil(leftMs / 1000));

/** `$80.00 → $64.00 for 2:00` */
export const offerWords = (offer: Offer, currency: string): string =>
  `${money(offer.was_cents, currency)} → ${money(offer.price_cents, currency)} for ${minutes(offer.seconds)}`;
