/** A studio's stream: how each platform is doing, whether it is on air, who watches, what happened. No DOM. */

import { ServerClock } from "../lib/server-clock";
import { LiveChannel } from "../live/channel";
import type { LiveSocket, Status } from "../live/connection";
import type { AirRow, FeedRow, StreamEvent, StreamRow, StreamSnapshot, ViewersRow } from "./types";
import { withViewers } from "./viewers";

/** Activities kept: some hours of a lively show. */
export const KEPT = 1_000;

export class StreamStore {
  status = $state<Status>("connecting");
  ready = $state(false);
  feeds = $state.raw<readonly FeedRow[]>([]);
  air = $state.raw<AirRow>();
  stream = $state.raw<StreamRow | null>(null);
  /** The newest first. */
  activity = $state.raw<readonly StreamEvent[]>([]);
  viewers = $state.raw<readonly ViewersRow[]>([]);
  refused = $state<string>();
  outdated = $state(false);
  readonly clock = new ServerClock();

  /** Those that are not switched off. */
  running = $derived(this.feeds.filter(({ status }) => status !== "off"));
  /** Viewers on all platforms that have said so; undefined: none has. */
  total = $derived.by(() => {
    const counted = this.feeds.flatMap(({ viewers }) => (viewers === null ? [] : [viewers]));
    return counted.length ? counted.reduce((sum, viewers) => sum + viewers, 0) : undefined;
  });
  /** Nobody of this is real. */
  rehearsal = $derived(
    this.air?.lamp === "rehearsal" ||
      (this.running.length > 0 && this.running.every(({ rehearsal }) => rehearsal)),
  );
  sendable = $derived(this.feeds.filter(({ abilities, status }) => abilities.send && status !== "off"));

  follow(socket: LiveSocket, studioId: number): void {
    socket.onStatus((status) => (this.status = status));
    const channel = new LiveChannel<StreamSnapshot>(socket, `stream:${studioId}`);
    channel.onSnapshot((snapshot) => this.takeSnapshot(snapshot));
    channel.onRow<FeedRow>("feed_changed", (row) => this.takeFeed(row));
    channel.onRow<{ platform: string }>("feed_removed", ({ platform }) => {
      this.feeds = this.feeds.filter((feed) => feed.platform !== platform);
    });
    channel.onRow<{ ids: number[] }>("removed", ({ ids }) => {
      const gone = new Set(ids);
      if (this.activity.some(({ id }) => gone.has(id)))
        this.activity = this.activity.filter(({ id }) => !gone.has(id));
    });
    channel.onRow<AirRow>("air_changed", (air) => (this.air = air));
    channel.onRow<{ stream: StreamRow | null }>("stream_changed", ({ stream }) => (this.stream = stream));
    channel.onRow<{ events: StreamEvent[] }>("activity", ({ events }) => this.takeActivity(events));
    channel.onRow<ViewersRow>("viewers", (row) => (this.viewers = withViewers(this.viewers, row)));
    channel.onRefused(({ reason, message }) => {
      if (reason === "reload") this.outdated = true;
      else this.refused ??= message;
    });
    channel.join();
  }

  takeSnapshot(snapshot: StreamSnapshot): void {
    this.clock.told(snapshot.server_time);
    this.feeds = snapshot.feeds;
    this.air = snapshot.air;
    this.stream = snapshot.stream;
    this.viewers = snapshot.viewers;
    this.takeActivity(snapshot.activity);
    this.ready = true;
  }

  takeFeed(row: FeedRow): void {
    const there = this.feeds.some(({ platform }) => platform === row.platform);
    this.feeds = there
      ? this.feeds.map((feed) => (feed.platform === row.platform ? row : feed))
      : [...this.feeds, row];
  }

  takeActivity(events: readonly StreamEvent[]): void {
    const known = new Set(this.activity.map(({ id }) => id));
    const fresh = events.filter(({ id }) => !known.has(id) && known.add(id));
    if (fresh.length === 0) return;
    this.activity = [...fresh, ...this.activity].sort((one, other) => other.id - one.id).slice(0, KEPT);
  }
}
