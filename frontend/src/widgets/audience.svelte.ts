/** What overlays may know of the audience: the same shapes as `cuelight/widgets/audience.py`. No DOM. */

import { LiveChannel } from "../live/channel";
import type { LiveSocket } from "../live/connection";
import type { ServerClock } from "../lib/server-clock";

export interface CountRow {
  total: number;
  by: Readonly<Record<string, number>>;
}

/** `value`, `target`: in minor units where there is a currency. `percent` instead of them: a preview's. */
export interface GoalRow {
  title: string;
  counts: string;
  value: number;
  target: number;
  currency: string;
  percent?: number;
}

export interface SupporterRow {
  name: string;
  platform: string;
  value: number;
  currency: string;
}

export interface PinnedRow {
  platform: string;
  user_name: string;
  text: string;
  asked: number;
  number: number | null;
  product: string;
}

/** Down to `until`, or up from `since` where there is none. It stands since `paused_at`. */
export interface ClockRow {
  since: string | null;
  until: string | null;
  paused_at: string | null;
  warn_seconds: number | null;
  danger_seconds: number | null;
}

/** Something that happened, without what the public need not know. */
export interface PublicEvent {
  id: number;
  platform: string;
  kind: "follow" | "subscription" | "gift" | "donation" | "raid" | "order";
  at: string;
  user?: { name: string; color?: string };
  text?: string;
  amount?: { value: number; currency: string };
  count?: number;
  detail?: Readonly<Record<string, unknown>>;
}

export interface AudienceRow {
  rehearsal: boolean;
  viewers: CountRow | null;
  followers: CountRow | null;
  latest: readonly PublicEvent[];
  goals: Readonly<Record<string, GoalRow>>;
  supporters: readonly SupporterRow[];
  question: PinnedRow | null;
  clock: ClockRow | null;
}

interface AudienceSnapshot extends AudienceRow {
  server_time: string;
}

/** Events kept, as many as the server tells who comes. */
export const KEPT = 30;
const PARTS = ["rehearsal", "viewers", "followers", "goals", "supporters", "question", "clock"] as const;

export class AudienceStore {
  /** Nobody of this is real. */
  rehearsal = $state(false);
  viewers = $state.raw<CountRow | null>(null);
  followers = $state.raw<CountRow | null>(null);
  goals = $state.raw<Readonly<Record<string, GoalRow>>>({});
  supporters = $state.raw<readonly SupporterRow[]>([]);
  question = $state.raw<PinnedRow | null>(null);
  clock = $state.raw<ClockRow | null>(null);
  /** The newest first. */
  latest = $state.raw<readonly PublicEvent[]>([]);

  follow(socket: LiveSocket, studioId: number, { clock }: { clock: ServerClock }): void {
    const channel = new LiveChannel<AudienceSnapshot>(socket, `audience:${studioId}`);
    channel.onSnapshot((snapshot) => {
      clock.told(snapshot.server_time);
      this.take("snapshot", snapshot);
    });
    for (const event of [...PARTS, "audience_changed", "latest", "removed"])
      channel.onRow<object>(event, (payload) => this.take(event, payload));
    channel.join();
  }

  take(event: string, payload: object): void {
    if (event === "latest") this.add((payload as { events: PublicEvent[] }).events);
    else if (event === "removed") this.remove((payload as { ids: number[] }).ids);
    else if (event === "snapshot" || event === "audience_changed") this.takeAll(payload as AudienceRow);
    else this.takeParts(payload);
  }

  private takeAll(row: AudienceRow): void {
    this.takeParts(row);
    this.latest = [];
    this.add(row.latest);
  }

  /** What it names, and nothing else. */
  private takeParts(row: Partial<AudienceRow>): void {
    if (row.rehearsal !== undefined) this.rehearsal = row.rehearsal;
    if (row.viewers !== undefined) this.viewers = row.viewers;
    if (row.followers !== undefined) this.followers = row.followers;
    if (row.goals !== undefined) this.goals = row.goals;
    if (row.supporters !== undefined) this.supporters = row.supporters;
    if (row.question !== undefined) this.question = row.question;
    if (row.clock !== undefined) this.clock = row.clock;
  }

  private add(events: readonly PublicEvent[]): void {
    const known = new Set(this.latest.map(({ id }) => id));
    const fresh = events.filter(({ id }) => !known.has(id) && known.add(id));
    if (fresh.length === 0) return;
    this.latest = [...fresh, ...this.latest].sort((one, other) => other.id - one.id).slice(0, KEPT);
  }

  private remove(ids: readonly number[]): void {
    const gone = new Set(ids);
    if (this.latest.some(({ id }) => gone.has(id)))
      this.latest = this.latest.filter(({ id }) => !gone.has(id));
  }
}
