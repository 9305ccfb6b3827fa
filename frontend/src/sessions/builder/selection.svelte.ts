/** Which lines are picked, and the one that the keys are at. */

export class Selection {
  picked = $state.raw<ReadonlySet<number>>(new Set());
  /** The line that keys and the panel are about. */
  at = $state<number>();
  private anchor: number | undefined;
  /** Ids of the lines that can be seen, in their order. */
  private lines: readonly number[] = [];

  get size(): number {
    return this.picked.size;
  }

  to(id: number): void {
    this.at = this.anchor = id;
    this.picked = new Set([id]);
  }

  /** Up to there from where the picking began. */
  extendTo(id: number): void {
    const [from, to] = [this.lines.indexOf(this.anchor ?? id), this.lines.indexOf(id)];
    this.at = id;
    this.picked = new Set(this.lines.slice(Math.min(from, to), Math.max(from, to) + 1));
  }

  /** One more, or one less. */
  toggle(id: number): void {
    const picked = new Set(this.picked);
    if (!picked.delete(id)) picked.add(id);
    if (picked.size === 0) picked.add(id);
    this.at = this.anchor = picked.has(id) ? id : [...picked].at(-1);
    this.picked = picked;
  }

  several(ids: readonly number[]): void {
    if (ids.length === 0) return;
    this.anchor = ids[0];
    this.at = ids.at(-1);
    this.picked = new Set(ids);
  }

  all(): void {
    if (this.lines.length === 0) return;
    this.at ??= this.lines[0];
    this.anchor = this.lines[0];
    this.picked = new Set(this.lines);
  }

  /** Only the one that the keys are at; whether there were more. */
  single(): boolean {
    if (this.size < 2 || this.at === undefined) return false;
    this.to(this.at);
    return true;
  }

  none(): void {
    this.at = this.anchor = undefined;
    this.picked = new Set();
  }

  step(by: number, extend: boolean): void {
    if (this.lines.length === 0) return;
    const place = this.at === undefined ? -1 : this.lines.indexOf(this.at);
    // From nowhere down is the first and up the last; Home and End are where they say.
    const next = place < 0 && Number.isFinite(by) ? (by > 0 ? 0 : Infinity) : place + by;
    const id = this.lines[Math.max(0, Math.min(this.lines.length - 1, next))]!;
    if (extend) this.extendTo(id);
    else this.to(id);
  }

  /** The lines as they are now. Where the one at hand has gone, the one in its place is. */
  follow(lines: readonly number[]): void {
    const before = this.lines;
    this.lines = lines;
    const here = new Set(lines);
    if ([...this.picked].some((id) => !here.has(id)))
      this.picked = new Set([...this.picked].filter((id) => here.has(id)));
    if (this.at !== undefined && !here.has(this.at)) {
      const place = before.indexOf(this.at);
      const heir = before.slice(place).find((id) => here.has(id)) ?? lines.at(-1);
      if (this.size) this.at = [...this.picked].at(-1);
      else if (heir === undefined) this.none();
      else this.to(heir);
    }
    if (this.anchor !== undefined && !here.has(this.anchor)) this.anchor = this.at;
  }
}
