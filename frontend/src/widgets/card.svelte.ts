/** The product card of the session on air, as the public may see it. No DOM. */

import { LiveChannel } from "../live/channel";
import type { LiveSocket } from "../live/connection";

export interface CardProduct {
  number: number;
  name: string;
  short_name: string;
  original_price_cents: number | null;
  sale_price_cents: number | null;
  flash: { price_cents: number; ends_at: string } | null;
  currency: string;
  sold_out: boolean;
  image_url: string | null;
  /** The same picture in more than one width; null: there is one. */
  image_srcset: string | null;
}

export interface CardRow {
  session_id: number | null;
  since: string | null;
  version: number;
  shown: boolean;
  product: CardProduct | null;
}

export class CardStore {
  product = $state.raw<CardProduct | null>(null);
  private newest: CardRow | undefined;

  follow(socket: LiveSocket, studioId: number): void {
    const channel = new LiveChannel<CardRow>(socket, `air:${studioId}`);
    channel.onSnapshot((card) => this.take("snapshot", card));
    channel.on<CardRow>("card_changed", (card) => this.take("card_changed", card));
    channel.join();
  }

  take(event: string, card: CardRow): void {
    // A snapshot is the truth, also when the session that was on air is over.
    if (event !== "snapshot" && !follows(card, this.newest)) return;
    this.newest = card;
    this.product = card.shown ? card.product : null;
  }
}

/** Of two sessions that are live the one that went live later is shown; of one session its newest version. */
export function follows(card: CardRow, newest: CardRow | undefined): boolean {
  if (newest === undefined || newest.session_id === null) return true;
  if (card.session_id === newest.session_id) return card.version > newest.version;
  // Over, or not begun: it has nothing to say while another one is shown.
  if (!card.shown && newest.shown) return false;
  return (card.since ?? "") >= (newest.since ?? "");
}
