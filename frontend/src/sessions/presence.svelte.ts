/** Who else has the session open. */

import { Presence } from "phoenix";
import { isFinal, type Refusal } from "../live/channel";
import type { LiveSocket } from "../live/connection";

export interface Somebody {
  key: string;
  name: string;
  pages: string[];
}

interface Meta {
  name: string;
  page: string;
}

export class PresenceStore {
  people = $state.raw<readonly Somebody[]>([]);

  constructor(live: LiveSocket, sessionId: number, page: "producer" | "host") {
    const channel = live.socket.channel(`session:${sessionId}:presence`, { page });
    const presence = new Presence(channel);
    presence.onSync(() => {
      this.people = presence.list((key: string, { metas }: { metas: Meta[] }) => ({
        key,
        name: metas[0]?.name ?? "",
        pages: [...new Set(metas.map((meta) => meta.page))],
      }));
    });
    channel.join().receive("error", (refusal: Refusal) => {
      // The client would ask for ever.
      if (isFinal(refusal)) channel.leave();
    });
  }
}
