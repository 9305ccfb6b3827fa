/**
 * What the widgets of one page show, each joined when the first widget asks for it. A preview has the same stores and
 * feeds them itself.
 */

import { ServerClock } from "../lib/server-clock";
import type { LiveSocket } from "../live/connection";
import { AlertsStore, type AlertsSnapshot } from "../streams/alerts.svelte";
import { AudienceStore } from "./audience.svelte";
import { CardStore, type CardRow } from "./card.svelte";
import { OverlayChatStore } from "./chat.svelte";

interface Store {
  follow: (socket: LiveSocket, studioId: number, how: { as: "overlay"; clock: ServerClock }) => void;
}

export class Sources {
  readonly clock = new ServerClock();
  /** No widget makes a sound. */
  muted = $state(false);
  // Made here and not when they are asked for: what a $derived makes itself it does not follow.
  private readonly stores = {
    alerts: new AlertsStore(),
    audience: new AudienceStore(),
    card: new CardStore(),
    chat: new OverlayChatStore(),
  };
  private readonly followed = new Set<Store>();

  /** Without a socket nothing is joined: a preview. */
  constructor(
    private readonly socket: LiveSocket | undefined,
    private readonly studioId: number,
    /** Where pictures of emotes may come from. */
    readonly pictureOrigins: readonly string[] = [],
  ) {}

  get alerts(): AlertsStore {
    return this.following(this.stores.alerts);
  }

  get audience(): AudienceStore {
    return this.following(this.stores.audience);
  }

  get card(): CardStore {
    return this.following(this.stores.card);
  }

  get chat(): OverlayChatStore {
    return this.following(this.stores.chat);
  }

  /** Tells the stores of a preview what a socket would tell them. */
  take(topic: string, event: string, payload: Record<string, unknown>): void {
    if (topic === "air") this.stores.card.take(event, payload as unknown as CardRow);
    else if (topic === "alertbox") this.takeAlerts(event, payload as unknown as AlertsSnapshot);
    else if (topic === "audience") this.stores.audience.take(event, payload);
    else if (topic === "chat") this.stores.chat.take(event, payload);
  }

  private takeAlerts(event: string, state: AlertsSnapshot): void {
    // Played again from the start, its versions begin anew: a preview has no order to keep.
    if (event === "snapshot") this.stores.alerts.version = -1;
    if (event === "snapshot") this.stores.alerts.takeSnapshot(state);
    else this.stores.alerts.take(state);
  }

  private following<One extends Store>(store: One): One {
    if (this.socket && !this.followed.has(store)) {
      this.followed.add(store);
      store.follow(this.socket, this.studioId, { as: "overlay", clock: this.clock });
    }
    return store;
  }
}
