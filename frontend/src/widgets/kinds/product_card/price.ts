/** What is charged for the product on the card, and what is struck out beside it. Pure. */

import type { CardProduct } from "../../card.svelte";

export interface ShownPrice {
  /** Minor units; null: there is no price. */
  now: number | null;
  was: number | null;
  /** Of a price for a while: "2:05". */
  left: string;
}

/** `at`: milliseconds of the server's clock. A price for a while ends by itself, whoever says so or not. */
export function price(product: CardProduct, at: number): ShownPrice {
  const usual = product.sale_price_cents ?? product.original_price_cents;
  const left = product.flash ? Math.ceil((Date.parse(product.flash.ends_at) - at) / 1000) : 0;
  if (product.flash && left > 0) return { now: product.flash.price_cents, was: usual, left: clock(left) };
  const isReduced = product.sale_price_cents !== null && product.original_price_cents !== null;
  return { now: usual, was: isReduced ? product.original_price_cents : null, left: "" };
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
