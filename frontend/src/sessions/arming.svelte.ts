/** What is ready to be shown, and for how long: a few seconds after it was made ready it is worth nothing. */

import type { Armed } from "./types";

/** The server's rule, in milliseconds. */
const ARMED_FOR_MS = 15_000;

export class Arming {
  itemId = $state<number>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `now`: the server's time. */
  take(armed: Armed | null, now: number): void {
    clearTimeout(this.timer);
    const left = armed ? Date.parse(armed.at) + ARMED_FOR_MS - now : 0;
    this.itemId = left > 0 ? armed?.item_id : undefined;
    if (left > 0) this.timer = setTimeout(() => (this.itemId = undefined), left);
  }
}
