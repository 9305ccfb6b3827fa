/**
 * Which alert shows now and what waits behind it; for overlays, docks and the crew's page. No DOM.
 *
 * The server decides what shows and for how long; a page that draws it says so once (`begun`), and never draws the same
 * alert twice, whatever happens to the line in between.
 */

import { ServerClock } from "../lib/server-clock";
import { LiveChannel, Refused } from "../live/channel";
import type { LiveSocket, Status } from "../live/connection";
import type { StreamEvent } from "./types";

export const ALERT_KINDS = ["follow", "subscription", "gift", "donation", "raid", "order"] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** What shows now. `run`: how often it was shown again by hand. */
export interface ShowingAlert {
  id: number;
  run: number;
  kind: AlertKind;
  event: StreamEvent;
  since: string;
  until: string;
  seconds: number;
  begun: boolean;
  is_test: boolean;
  rehearsal: boolean;
  text_approved: boolean;
}

/** One that waits, or is over. `stopped`: it waits for somebody's yes. */
export interface AlertRow {
  id: number;
  kind: AlertKind;
  event: StreamEvent;
  state: "waiting" | "shown" | "skipped" | "missed" | "dismissed";
  since: string;
  seconds: number;
  priority: number;
  is_test: boolean;
  rehearsal: boolean;
  text_approved: boolean;
  stopped: boolean;
  tries: number;
  over_at?: string;
}

export interface AlertsState {
  version: number;
  paused: boolean;
  held: boolean;
  held_at: string | null;
  gap_ms: number;
  waiting: number;
  showing: ShowingAlert | null;
  /** The crew only. */
  queue?: readonly AlertRow[];
  recent?: readonly AlertRow[];
  overlays?: number;
}

export interface AlertsSnapshot extends AlertsState {
  can: { run: boolean; rules: boolean; begun: boolean };
  server_time: string;
}

interface Drawn {
  id: number;
  run: number;
}

/** Alerts that this page remembers to have drawn; the server takes as many when it comes back. */
const REMEMBERED = 20;
const NOTHING = { run: false, rules: false, begun: false };

export class AlertsStore {
  status = $state<Status>("connecting");
  ready = $state(false);
  version = $state(-1);
  paused = $state(false);
  /** Panic: everything stands still, what shows included. */
  held = $state(false);
  heldAt = $state<string | null>(null);
  gapMs = $state(250);
  showing = $state.raw<ShowingAlert | null>(null);
  waiting = $state(0);
  queue = $state.raw<readonly AlertRow[]>([]);
  /** The newest first. */
  recent = $state.raw<readonly AlertRow[]>([]);
  /** Overlay pages that draw alerts, everywhere. */
  overlays = $state(0);
  can = $state.raw<AlertsSnapshot["can"]>(NOTHING);
  /** Why the last wish was not done. */
  trouble = $state("");
  refused = $state<string>();
  outdated = $state(false);
  readonly clock = new ServerClock();

  private channel?: LiveChannel<AlertsSnapshot>;
  private drawn: Drawn[] = [];
  private isOverlay = false;

  /** `tests`: an overlay that is only tried out draws tests and nothing else. */
  follow(
    socket: LiveSocket,
    studioId: number,
    { as, tests = false }: { as: "overlay" | "crew"; tests?: boolean },
  ): void {
    this.isOverlay = as === "overlay";
    socket.onStatus((status) => (this.status = status));
    // Asked at each join: what was drawn while the line was cut is told before anything starts again.
    const params = () => (this.isOverlay ? { as, tests, begun: this.drawn } : { as });
    const channel = new LiveChannel<AlertsSnapshot>(socket, `alertbox:${studioId}`, params);
    channel.onSnapshot((snapshot) => this.takeSnapshot(snapshot));
    channel.on<AlertsState>("alerts_changed", (state) => this.take(state));
    channel.on<{ overlays: number }>("overlays_changed", ({ overlays }) => (this.overlays = overlays));
    channel.onRefused(({ reason, message }) => {
      if (reason === "reload") this.outdated = true;
      else this.refused ??= message;
    });
    this.channel = channel.join();
  }

  takeSnapshot(snapshot: AlertsSnapshot): void {
    this.clock.told(snapshot.server_time);
    this.can = snapshot.can;
    this.put(snapshot);
    this.ready = true;
  }

  /** Newest wins. The same version may come again: the gap is a setting and no part of it. */
  take(state: AlertsState): void {
    if (state.version >= this.version) this.put(state);
  }

  private put(state: AlertsState): void {
    this.version = state.version;
    this.paused = state.paused;
    this.held = state.held;
    this.heldAt = state.held_at;
    this.gapMs = state.gap_ms;
    this.waiting = state.waiting;
    this.queue = state.queue ?? [];
    this.recent = state.recent ?? [];
    this.overlays = state.overlays ?? 0;
    this.showing = this.toShow(state.showing);
  }

  /** What shows; an overlay leaves out what it has drawn to the end before and the server starts once more. */
  private toShow(showing: ShowingAlert | null): ShowingAlert | null {
    if (!showing || !this.isOverlay || !this.hasDrawn(showing)) return showing;
    const now = this.showing;
    const goesOn = now?.id === showing.id && now.run === showing.run;
    return goesOn ? showing : null;
  }

  /** Milliseconds that are left of what shows; it stands still while everything is held. */
  left(now: number = this.clock.now()): number {
    if (!this.showing) return 0;
    return Math.max(0, Date.parse(this.showing.until) - (this.heldAt ? Date.parse(this.heldAt) : now));
  }

  /** This page draws what shows. Said once for each alert, and again after a break until the server has heard it. */
  begun = (id: number): void => {
    const showing = this.showing;
    if (showing?.id !== id || this.hasDrawn(showing)) return;
    this.drawn = [...this.drawn, { id, run: showing.run }].slice(-REMEMBERED);
    if (this.can.begun) void this.push("begun", { id, run: showing.run });
  };

  pause = (): Promise<boolean> => this.push("pause");
  resume = (): Promise<boolean> => this.push("resume");
  /** Only what shows here now: two people who press it at once skip one alert. */
  skipShowing = (): Promise<boolean> => this.push("skip", this.showing ? { id: this.showing.id } : {});
  clear = (): Promise<boolean> => this.push("clear");
  replay = (id: number): Promise<boolean> => this.push("replay", { id });
  approve = (id: number): Promise<boolean> => this.push("approve", { id });
  dismiss = (id: number): Promise<boolean> => this.push("dismiss", { id });
  test = (kind: AlertKind): Promise<boolean> => this.push("test", { kind });
  undo = (): Promise<boolean> => this.push("undo");
  redo = (): Promise<boolean> => this.push("redo");

  private hasDrawn({ id, run }: Drawn): boolean {
    return this.drawn.some((one) => one.id === id && one.run === run);
  }

  private async push(event: string, payload: Record<string, unknown> = {}): Promise<boolean> {
    try {
      await this.channel?.push<object>(event, payload);
      this.trouble = "";
      return this.channel !== undefined;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.trouble = error.message;
      return false;
    }
  }
}
