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
}

interface Meta {
  name: string;
  page: string;
  screen?: Size;
}

export class PresenceStore {
  people = $state.raw<readonly Somebody[]>([]);

  private readonly channel: Channel;

  constructor(
    live: LiveSocket,
    sessionId: number,
    page: "producer" | "host",
    private screen?: Size,
  ) {
    // Asked at every join: the window may have changed since the last.
    const params = () => (this.screen ? { page, screen: this.screen } : { page });
    const channel = (this.channel = live.socket.channel(`session:${sessionId}:presence`, params));
    const presence = new Presence(channel);
    presence.onSync(() => {
      this.people = presence.list((key: string, { metas }: { metas: Meta[] }) => ({
        key,
        name: metas[0]?.name ?? "",
        pages: [...new Set(metas.map((meta) => meta.page))],
        screen: metas.findLast((meta) => meta.screen)?.screen,
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
}
