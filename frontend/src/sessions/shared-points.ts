/** Talking points that are shared documents: followed while they are near what is on air, as their colleagues type. */

import { pointsHtml } from "../documents/points-html";
import type { Delta, Joined, Logged } from "../documents/types";
import { LiveChannel } from "../live/channel";
import type { LiveSocket } from "../live/connection";

type Compose = (document: Delta, change: Delta) => Delta;

/** One document, read only. What comes out of order is put right by joining again. */
class Followed {
  private contents: Delta = [];
  private version = -1;
  private early: Logged[] = [];
  private readonly channel: LiveChannel<Joined>;

  constructor(
    socket: LiveSocket,
    id: number,
    private readonly compose: Compose,
    private readonly tell: (html: string) => void,
  ) {
    this.channel = new LiveChannel<Joined>(socket, `document:${id}`, () =>
      this.version < 0 ? {} : { since: this.version },
    );
    this.channel.onSnapshot((joined) => this.take(joined));
    this.channel.on<Logged>("remote_update", (logged) => this.heard(logged));
    this.channel.join();
  }

  leave(): void {
    this.channel.leave();
  }

  private take({ contents, at, missed = [], version }: Joined): void {
    if (contents) [this.contents, this.version] = [contents, at ?? version];
    for (const logged of [...missed, ...this.early.splice(0)]) this.add(logged);
    // More was missed than one answer holds.
    if (this.version < version) this.channel.rejoin();
    else this.tell(pointsHtml(this.contents));
  }

  private heard(logged: Logged): void {
    if (this.version < 0) return void this.early.push(logged);
    if (logged.version > this.version + 1) return this.channel.rejoin();
    if (this.add(logged)) this.tell(pointsHtml(this.contents));
  }

  private add({ change, version }: Logged): boolean {
    if (version !== this.version + 1) return false;
    this.contents = this.compose(this.contents, change);
    this.version = version;
    return true;
  }
}

export class SharedPoints {
  private readonly followed = new Map<number, Followed>();
  /** The newest known of each document, also of those that are not followed any more. */
  private readonly html = new Map<number, string>();
  private wanted: readonly number[] = [];
  private compose?: Promise<Compose>;

  constructor(private readonly changed: (documentId: number) => void) {}

  /** What a line with this document says; nothing while that is not known. */
  of(documentId: number | null): string | undefined {
    return documentId === null ? undefined : this.html.get(documentId);
  }

  /** Follows these, and no others. The algebra is fetched when there is something to follow. */
  async follow(socket: LiveSocket, ids: readonly number[]): Promise<void> {
    this.wanted = ids;
    for (const [id, followed] of this.followed)
      if (!ids.includes(id)) {
        followed.leave();
        this.followed.delete(id);
      }
    if (ids.length === 0) return;
    const compose = await (this.compose ??= import("../documents/delta").then((delta) => delta.compose));
    for (const id of this.wanted)
      if (!this.followed.has(id))
        this.followed.set(
          id,
          new Followed(socket, id, compose, (html) => {
            this.html.set(id, html);
            this.changed(id);
          }),
        );
  }
}
