/** How often viewers ask for the lines of a lineup. A page that may not see it, or a server without it, has none. No DOM. */

import { LiveChannel } from "../live/channel";
import type { LiveSocket } from "../live/connection";
import type { Item } from "./types";

/** In all, and within the last two minutes. */
export interface Wish {
  total: number;
  recent: number;
}

interface Wanted {
  wanted: Record<string, Wish>;
}

export class WantedStore {
  /** By the line's id; who is not in it was never asked for. */
  wishes = $state.raw<ReadonlyMap<number, Wish>>(new Map());
  /** The server has them for whoever is here. */
  served = $state(false);

  follow(socket: LiveSocket, sessionId: number): void {
    const channel = new LiveChannel<Wanted>(socket, `wanted:${sessionId}`);
    channel.onSnapshot((told) => this.take(told));
    channel.onRow<Wanted>("wanted", (told) => this.take(told));
    channel.onRefused(() => {
      this.wishes = new Map();
      this.served = false;
    });
    channel.join();
  }

  /** Of these lines the one that is asked for most just now, then in all; what is on air need not be asked for. */
  hottest(items: readonly Item[], onAir: Item | undefined): Item | undefined {
    const none = { total: 0, recent: 0 };
    const of = ({ id }: Item) => this.wishes.get(id) ?? none;
    return items
      .filter((item) => item.id !== onAir?.id && of(item).total > 0)
      .toSorted((a, b) => of(b).recent - of(a).recent || of(b).total - of(a).total)[0];
  }

  private take({ wanted }: Wanted): void {
    this.wishes = new Map(Object.entries(wanted).map(([id, wish]) => [Number(id), wish]));
    this.served = true;
  }
}

/** `12×` for a line that was asked for, `12 +3` while it is: 3 of them within two minutes. */
export const wishMark = ({ total, recent }: Wish): string =>
  recent > 0 ? `${most(total, 999)} +${most(recent, 99)}` : `${most(total, 999)}×`;

export const wishWords = ({ total, recent }: Wish): string =>
  `Asked for ${total === 1 ? "once" : `${total} times`}${recent > 0 ? `, ${recent} in the last two minutes` : ""}`;

const most = (count: number, limit: number): number => Math.min(count, limit);
