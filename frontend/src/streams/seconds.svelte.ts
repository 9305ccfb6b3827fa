/** A clock that ticks each second: what a page counts is drawn from it. */

export class Seconds {
  now = $state(0);

  constructor(private readonly clock: { now: () => number }) {
    this.now = clock.now();
  }

  run(): () => void {
    const tick = () => (this.now = this.clock.now());
    const timer = setInterval(tick, 1000);
    tick();
    return () => clearInterval(timer);
  }
}
