/** The server's time, as far as a page knows it: its own clock may be minutes off. */

export class ServerClock {
  /** Milliseconds to add to this machine's clock. */
  private ahead = 0;
  /** How far off that may be: the round trip of the question. */
  private within = Infinity;

  /** A time the server has told by itself (ISO 8601); as late as the message that brought it. */
  told(time: string, here: number = Date.now()): void {
    const there = Date.parse(time);
    if (this.within === Infinity && !Number.isNaN(there)) this.ahead = there - here;
  }

  /** The answer to a question asked at `asked`, by this machine's clock: the server looked half way between. */
  answered(time: string, asked: number, here: number = Date.now()): void {
    const there = Date.parse(time);
    const took = here - asked;
    // The quickest answer is the best one; later slow ones would only make the screens differ.
    if (Number.isNaN(there) || took < 0 || took > this.within) return;
    this.within = took;
    this.ahead = there - (asked + took / 2);
  }

  /** Asks the server for its time. */
  async ask(question: () => Promise<string | undefined>): Promise<void> {
    const asked = Date.now();
    const answer = await question();
    if (answer) this.answered(answer, asked);
  }

  now(here: number = Date.now()): number {
    return here + this.ahead;
  }
}
