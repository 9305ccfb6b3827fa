/** Timers by name, one of each: what is due already is not put off. */
export class Timers {
  private readonly running = new Map<string, ReturnType<typeof setTimeout>>();

  later(name: string, milliseconds: number, then: () => void): void {
    if (this.running.has(name)) return;
    const run = () => {
      this.running.delete(name);
      then();
    };
    this.running.set(name, setTimeout(run, milliseconds));
  }

  cancel(name: string): void {
    clearTimeout(this.running.get(name));
    this.running.delete(name);
  }

  stop(): void {
    for (const name of [...this.running.keys()]) this.cancel(name);
  }
}
