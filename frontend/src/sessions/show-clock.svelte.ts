/** The show clock as a page shows it: counted from the server's time, a step each second. */

import type { SessionStore } from "./session.svelte";
import { showTime } from "./show-time";

export class ShowClock {
  private now = $state(0);
  private timer: ReturnType<typeof setTimeout> | undefined;

  time = $derived.by(() => {
    const { live, session, items } = this.store;
    return live && session ? showTime(live, items, session, this.now || this.store.clock.now()) : undefined;
  });

  constructor(private readonly store: SessionStore) {}

  /** Until the function it gives is called. */
  run(): () => void {
    const tick = () => {
      clearTimeout(this.timer);
      this.now = this.store.clock.now();
      // With the server's seconds, so that the screens of a studio count together.
      this.timer = setTimeout(tick, 1000 - (this.now % 1000));
    };
    tick();
    // A tab that slept has missed its timers.
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearTimeout(this.timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }
}
