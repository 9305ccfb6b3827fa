/** Which pages of which overlays are connected just now, and how they are, as they report it. No DOM. */

import { Presence, type Channel } from "phoenix";
import { isFinal, type Refusal } from "../live/channel";
import type { LiveSocket } from "../live/connection";
import { ServerClock } from "../lib/server-clock";
import type { Report } from "./reporter";

/** One page. `since`, `at`: when it came, and when it reported last; ISO 8601, by the server's clock. */
export interface PageRow extends Report {
  since: string;
  at: string;
  phx_ref: string;
}

export class ConnectedStore {
  /** By the overlay's id. */
  pages = $state.raw<ReadonlyMap<number, readonly PageRow[]>>(new Map());
  /** Of the pages as the server has them now. */
  build = $state("");
  ready = $state(false);
  readonly clock = new ServerClock();

  follow(socket: LiveSocket, studioId: number): void {
    const channel: Channel = socket.socket.channel(`overlay_pages:${studioId}`, {});
    const presence = new Presence(channel);
    presence.onSync(() => {
      const found = presence.list(
        (key: string, { metas }: { metas: PageRow[] }) => [Number(key), metas] as const,
      );
      this.pages = new Map(found);
      this.ready = true;
    });
    channel
      .join()
      .receive("ok", ({ build, server_time }: { build: string; server_time: string }) => {
        this.clock.told(server_time);
        this.build = build;
      })
      .receive("error", (refusal: Refusal) => {
        if (isFinal(refusal)) channel.leave();
      });
  }
}

/** Whether a page has drawn a frame lately, in words. */
export function frames({ visible, frame_ms }: PageRow): string {
  if (frame_ms === null) return visible ? "No frame yet" : "No frame while hidden";
  if (frame_ms < 2_000) return "Drawing";
  return `Last frame ${lasted(frame_ms)} before its report`;
}

/** "40 s", "3 min", "2 h". */
export function lasted(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
