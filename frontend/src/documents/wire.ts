/** The way from a document's client to the server: the phoenix client in the page, a simulation in tests. */

import { Presence, type Channel } from "phoenix";
import { isFinal, Refused, type Refusal } from "../live/channel";
import type { LiveSocket } from "../live/connection";
import type { Joined } from "./types";

type Payload = Record<string, unknown>;

/** Somebody's window on the document. */
export interface Participant {
  window: string;
  user_id: number | null;
  name: string;
}

export interface WireEvents {
  /** Asked at every join: the version that is known; undefined for the whole document. */
  since(): number | undefined;
  joined(answer: Joined): void;
  /** The connection is lost; what was pushed may or may not have arrived. It joins again by itself. */
  down(): void;
  /** For good. `reload`: the page is older than the server. */
  ended(refusal: Refusal): void;
  heard(event: string, payload: never): void;
  present(windows: ReadonlySet<string>, people?: readonly Participant[]): void;
}

export interface Wire {
  open(events: WireEvents): void;
  /** Rejects with Refused; with reason `down` or `timeout` when there was no answer. */
  push<Reply>(event: string, payload: Payload): Promise<Reply>;
  /** As `push`, for what may be lost. */
  tell(event: string, payload: Payload): void;
  /** Joins anew, as after a break. */
  rejoin(): void;
  close(): void;
}

const EVENTS = [
  "remote_update",
  "remote_cursor",
  "document_deleted",
  "right_changed",
  "title_changed",
  "checksum",
  "comments_changed",
];
const TIMEOUT_MS = 10_000;

export class PhoenixWire implements Wire {
  private channel!: Channel;
  private events!: WireEvents;
  private isUp = false;
  private closing = false;
  /** How to reject what waits for an answer. */
  private readonly waiting = new Set<(error: Refused) => void>();

  constructor(
    private readonly live: LiveSocket,
    private readonly documentId: number,
  ) {}

  open(events: WireEvents): void {
    this.events = events;
    const params = () => {
      const since = events.since();
      return since === undefined ? {} : { since };
    };
    const channel = (this.channel = this.live.socket.channel(
      `document:${this.documentId}`,
      params as unknown as object,
    ));
    channel.onError(() => this.broken());
    channel.onClose(() => {
      this.broken();
      if (!this.closing)
        this.end({ reason: "closed", message: "Your access to this has changed. Reload the page to go on." });
    });
    for (const event of EVENTS)
      channel.on(event, (payload: unknown) => events.heard(event, payload as never));
    const presence = new Presence(channel);
    presence.onSync(() => {
      const metas = presence.list((_: string, one: { metas: Participant[] }) => one.metas).flat();
      events.present(new Set(metas.map((meta) => meta.window)), metas);
    });
    channel
      .join()
      .receive("ok", (answer: Joined) => {
        this.isUp = true;
        events.joined(answer);
      })
      .receive("error", (refusal: Refusal) => {
        if (isFinal(refusal)) {
          this.close();
          this.end(refusal);
        } else if (refusal.reason === "reload") events.ended(refusal);
      });
  }

  push<Reply>(event: string, payload: Payload): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (!this.isUp) return reject(noAnswer("down"));
      const settle = () => this.waiting.delete(reject);
      this.waiting.add(reject);
      this.channel
        .push(event, payload, TIMEOUT_MS)
        .receive("ok", (reply: Reply) => settle() && resolve(reply))
        .receive("error", (refusal: Refusal) => settle() && reject(new Refused(refusal)))
        .receive("timeout", () => settle() && reject(noAnswer("timeout")));
    });
  }

  tell(event: string, payload: Payload): void {
    if (this.isUp) this.channel.push(event, payload);
  }

  rejoin(): void {
    (this.channel as unknown as { trigger: (event: string) => void }).trigger("phx_error");
  }

  close(): void {
    this.closing = true;
    this.channel.leave();
  }

  private broken(): void {
    this.isUp = false;
    for (const reject of [...this.waiting]) reject(noAnswer("down"));
    this.waiting.clear();
    this.events.down();
  }

  private end(refusal: Refusal): void {
    this.events.ended(refusal);
  }
}

export function noAnswer(reason: "down" | "timeout"): Refused {
  return new Refused({ reason, message: "The server did not answer." });
}
