/** Who changed what, in words: for a page that tells of its colleagues. */

/** Who is at this page, and who the others are. */
export interface Crew {
  me: number;
  nameOf: (personId: number) => string | undefined;
}

/** Of so many versions it is remembered who made them; a line's news comes on another topic, a moment apart. */
const REMEMBERED = 20;

/** Who has changed a line last, as far as this page has seen it. */
export class Changes {
  private readonly lines = new Map<number, string>();
  private actors: readonly (readonly [version: number, actorId: number | null])[] = [];

  /** A word that begins a sentence. */
  get(itemId: number): string | undefined {
    return this.lines.get(itemId);
  }

  seen(version: number, actorId: number | null): void {
    this.actors = [...this.actors.slice(-REMEMBERED), [version, actorId]];
  }

  by(version: number, items: readonly { id: number }[], crew: Crew | undefined): void {
    const actor = this.actors.find(([one]) => one === version)?.[1];
    const isMe = actor !== undefined && actor === crew?.me;
    const word = isMe ? "You" : (actor && crew?.nameOf(actor)) || "A colleague";
    for (const { id } of items) this.lines.set(id, word);
  }

  byCatalogue(items: readonly { id: number }[]): void {
    for (const { id } of items) this.lines.set(id, "The catalogue");
  }

  clear(): void {
    this.lines.clear();
  }
}
