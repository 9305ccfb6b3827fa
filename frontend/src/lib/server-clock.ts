/** The server's time, as far as a page knows it: its own clock may be minutes off. */

export class ServerClock {
  /** Milliseconds to add to this machine's clock. */
  private ahead = 0;

  /** A time the server has just told (ISO 8601); as late as the message that brought it. */
  told(time: string, here: number = Date.now()): void {
    const there = Date.parse(time);
    if (!Number.isNaN(there)) this.ahead = there - here;
  }

  now(here: number = Date.now()): number {
    return here + this.ahead;
  }
}
