/** Whether every overlay is hidden, and the key that hides them; for consoles, dashboards and docks. No DOM. */

import { LiveChannel, Refused } from "../live/channel";
import type { LiveSocket } from "../live/connection";
import type { OverlaysRow, OverlaysSnapshot } from "./types";

export class PanicStore {
  /** The server tells whoever is here. */
  served = $state(false);
  /** Everything is hidden. */
  on = $state(false);
  /** Since when. */
  since = $state<string | null>(null);
  /** Kinds of widget that are hidden by themselves. */
  hidden = $state.raw<readonly string[]>([]);
  may = $state(false);
  /** Why the last wish was not done. */
  trouble = $state("");

  private channel?: LiveChannel<OverlaysSnapshot>;

  follow(socket: LiveSocket, studioId: number): void {
    const channel = new LiveChannel<OverlaysSnapshot>(
      socket,
      `overlays:${studioId}`,
      {},
      ({ version }) => version,
    );
    channel.onSnapshot((snapshot) => {
      this.served = true;
      this.may = snapshot.can.hide;
      this.take(snapshot);
    });
    channel.onState<OverlaysRow>("overlays_changed", (row) => this.take(row));
    channel.onRefused(() => (this.served = false));
    this.channel = channel.join();
  }

  take({ panic, hidden }: OverlaysRow): void {
    this.on = panic !== null;
    this.since = panic?.at ?? null;
    this.hidden = hidden;
  }

  /** Hides everything; a second time shows again exactly what was shown. It is its own undo: Ctrl+Z is the show's. */
  toggle = (): Promise<boolean> => this.push(this.on ? "end_panic" : "panic");

  toggleKind = (type: string): Promise<boolean> =>
    this.push(this.hidden.includes(type) ? "show_widget" : "hide_widget", { type });

  private async push(event: string, payload: Record<string, unknown> = {}): Promise<boolean> {
    if (!this.may) return false;
    try {
      await this.channel?.push<object>(event, payload);
      this.trouble = "";
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.trouble = error.message;
      return false;
    }
  }
}
