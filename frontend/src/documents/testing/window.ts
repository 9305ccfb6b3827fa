/** One simulated window on a document: its client, and a screen that shows what it is told. */

import { DocumentClient } from "../client";
import { Pending, type MemoryBrowser } from "../pending";
import { Text } from "../text";
import type { Delta, View } from "../types";
import { changeOf, type Intent } from "./changes";
import { SimulatedWire, type SimulatedServer, type Weather } from "./server";

export class Screen implements View {
  text = Text.of([{ insert: "\n" }]);
  resets = 0;

  reset(contents: Delta): void {
    this.text = Text.of(contents);
    this.resets += 1;
  }

  apply(change: Delta): void {
    this.text = this.text.apply(change);
  }
}

export class Window {
  readonly wire: SimulatedWire;
  readonly client: DocumentClient;
  readonly screen = new Screen();

  constructor(server: SimulatedServer, browser: MemoryBrowser, userId: number, weather?: Weather) {
    this.wire = new SimulatedWire(server, userId, weather);
    this.browser = browser;
    const pending = (this.pending = new Pending(browser, browser, userId, 1));
    this.client = new DocumentClient(this.wire, {
      save: (kept) => (this.isDead ? new Promise(() => {}) : pending.save(kept)),
      adopt: (take) => (this.isDead ? Promise.resolve() : pending.adopt(take)),
      close: () => pending.close(),
    });
    this.client.attach(this.screen);
    this.client.open();
  }

  private readonly browser: MemoryBrowser;
  private isDead = false;
  private readonly pending: Pending;

  get isOpen(): boolean {
    return this.client.version >= 0;
  }

  edit(change: Delta): void {
    this.screen.text = this.screen.text.apply(change);
    this.client.edit(change);
  }

  /** Typed at a place; from the end when it is negative. */
  type(text: string, place = 0): void {
    const at = place < 0 ? this.screen.text.length + place : place;
    this.edit(at > 0 ? [{ retain: at }, { insert: text }] : [{ insert: text }]);
  }

  follow(intent: Intent): void {
    const change = changeOf(this.screen.text.contents(), intent);
    if (this.isOpen && change.length > 0) this.edit(change);
  }

  /** The tab crashes: nothing is said to anybody. */
  die(): void {
    this.isDead = true;
    this.wire.kill();
    this.browser.leave(this.pending.window);
  }
}
