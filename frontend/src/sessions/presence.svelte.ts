/** Who else has the session open. */

import { Presence, type Channel } from "phoenix";
import { isFinal, type Refusal } from "../live/channel";
import type { LiveSocket } from "../live/connection";

/** In CSS pixels. */
export interface Size {
  width: number;
  height: number;
}

export interface Somebody {
  key: string;
  name: string;
  pages: string[];
  /** Of the host's page, once it has said so. */
  screen?: Size;
  /** The item somebody is at who builds the lineup. */
  row?: number;
}

interface Meta {
  name: string;
  page: string;
  screen?: Size;
  row?: number;
}

export type SessionPage = "producer" | "host" | "builder";

/** Milliseconds at an item until the others hear of it. */
const ROW_AFTER_MS = 120;

export class PresenceStore {
  people = $state.raw<readonly Somebody[]>([]);

  private readonly channel: Channel;
  private row: number | undefined;
  private rowTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    live: LiveSocket,
    sessionId: number,
    page: SessionPage,
    private screen?: Size,
  ) {
    // Asked at every join: the window may have changed since the last.
    const params = () => ({
      page,
      ...(this.screen && { screen: this.screen }),
      ...(this.row !== undefined && { item_id: this.row }),
    });
    const channel = (this.channel = live.socket.channel(`session:${sessionId}:presence`, params));
    const presence = new Presence(channel);
    presence.onSync(() => {
      this.people = presence.list((key: string, { metas }: { metas: Meta[] }) => ({
        key,
        name: metas[0]?.name ?? "",
        pages: [...new Set(metas.map((meta) => meta.page))],
        screen: metas.findLast((meta) => meta.screen)?.screen,
        row: metas.findLast((meta) => meta.row)?.row,
      }));
    });
    channel.join().receive("error", (refusal: Refusal) => {
      // The client would ask for ever.
      if (isFinal(refusal)) channel.leave();
    });
  }

  /** The host's window has another size now. */
  resized(screen: Size): void {
    this.screen = screen;
    this.channel.push("screen", screen);
  }

  /** One is at another item now; who runs through many tells of where it ends. */
  at(row: number | undefined): void {
    if (row === this.row) return;
    this.row = row;
    clearTimeout(this.rowTimer);
    this.rowTimer = setTimeout(() => this.channel.push("row", { item_id: row ?? null }), ROW_AFTER_MS);
  }
}
