/** Everything that lets a host's page go on without the server, in one hand: what it keeps, holds and shows meanwhile. */

import type { LiveSocket } from "../live/connection";
import type { QuestionsStore } from "../sessions/questions.svelte";
import type { SessionStore } from "../sessions/session.svelte";
import { BrowserShelf, type Shelf } from "./database";
import { forgetEverything } from "./forget";
import { HoldingStore } from "./holding.svelte";
import { Keeper } from "./keeper";
import { picturesToHold } from "./pictures";
import type { Owner } from "./record";
import { WorkerLink } from "./registration";

export class Offline {
  readonly holding: HoldingStore;
  private readonly keeper: Keeper;
  private readonly worker: WorkerLink;

  constructor(
    private readonly store: SessionStore,
    private readonly questions: QuestionsStore,
    private readonly owner: Owner,
    private readonly shelf: Shelf = new BrowserShelf(),
  ) {
    this.holding = new HoldingStore(store);
    this.keeper = new Keeper(shelf, owner);
    this.worker = new WorkerLink(owner.personId, `/sessions/${owner.sessionId}/host`);
  }

  /** Returns how to stop. */
  follow(socket: LiveSocket): () => void {
    this.holding.follow(socket);
    socket.onStatus((status) => {
      if (status === "signed out") void this.leave();
    });
    this.worker.start();
    void this.shelf.read(this.owner).then((kept) => {
      this.holding.take(kept);
      this.questions.restore(kept?.question);
    });
    const write = () => this.keeper.flush(this.holding.lastWord);
    addEventListener("pagehide", write);
    document.addEventListener("visibilitychange", write);
    return () => {
      removeEventListener("pagehide", write);
      document.removeEventListener("visibilitychange", write);
      this.holding.close();
      this.worker.stop();
    };
  }

  /** For an effect: what is shown is kept, and what is refused for good is forgotten. */
  keep(): void {
    const { live, session, items, can, refused } = this.store;
    const { owed } = this.holding;
    if (refused) {
      void this.keeper.forget();
      this.worker.forget();
    } else if (live && session) {
      const question = this.questions.openOne(live.question_id) ?? null;
      this.keeper.keep({ live, session, items, can, owed, question, heardAt: this.holding.lastWord });
    }
  }

  /** For an effect: the pictures around what is on air. */
  holdPictures(): void {
    const { items, onAir, place } = this.store;
    if (items.length > 0) this.worker.hold(() => picturesToHold(items, onAir ? items.indexOf(onAir) : place));
  }

  /** Nobody is signed in here any more. */
  private async leave(): Promise<void> {
    this.keeper.stop();
    this.worker.stop();
    await forgetEverything();
  }
}
