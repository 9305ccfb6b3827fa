/** What is being set in the panel of flash prices. No DOM. */

import { readAmount } from "../lib/money";
import { charged, lowered, refusedPrice, type FlashWish } from "./flash.svelte";
import type { Item } from "./types";

export const PERCENTS = [10, 20, 30, 50] as const;
export const LENGTHS = [60, 120, 300, 600] as const;

export class FlashDraft {
  /** Percent off, or "own" for a price of one's own. */
  off = $state<number | "own">(20);
  own = $state("");
  seconds = $state<number>(120);

  constructor(
    readonly item: Item,
    readonly currency: string,
  ) {}

  /** What is charged without it; null: the product has no price. */
  get before(): number | null {
    return charged(this.item);
  }

  private readonly typed = $derived.by(() =>
    this.own.trim() ? readAmount(this.own, this.currency) : undefined,
  );

  /** The price that it would be; undefined while none is known. */
  readonly price = $derived.by(() => {
    const { before } = this;
    if (before === null) return undefined;
    if (this.off !== "own") return lowered(before, this.off);
    return this.typed && "value" in this.typed ? this.typed.value : undefined;
  });

  /** Why it cannot begin; empty when it can. */
  readonly problem = $derived.by(() => {
    const { before } = this;
    if (before === null) return "This product has no price to go below";
    if (this.off !== "own") return "";
    if (!this.typed) return "Type a price";
    return "problem" in this.typed ? this.typed.problem : refusedPrice(this.typed.value, before);
  });

  get wish(): FlashWish {
    const what = this.off === "own" ? { price_cents: this.price! } : { percent: this.off };
    return { item_id: this.item.id, ...what, seconds: this.seconds };
  }
}
