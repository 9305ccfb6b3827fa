/** What the server says of the streams; the same shapes as `cuelight/streams/rows.py` and `events.shown`. */

export type Kind =
  | "chat"
  | "follow"
  | "subscription"
  | "gift"
  | "donation"
  | "raid"
  | "like"
  | "order"
  | "question"
  | "join"
  | "system";

export type Role = "broadcaster" | "moderator" | "vip" | "subscriber" | "verified" | "own";

export interface User {
  id: string;
  name: string;
  login?: string;
  avatar?: string;
  /** "#rrggbb" or nothing. */
  color?: string;
  roles?: readonly Role[];
}

export interface Fragment {
  type: "text" | "emote" | "mention" | "cheer" | "link";
  text: string;
  image?: string;
}

/** Money in minor units, or a platform's own unit: "BITS". */
export interface Amount {
  value: number;
  currency: string;
}

/** One thing that happened. What has its usual value is left out on the way. */
export interface StreamEvent {
  id: number;
  platform: string;
  platform_id: string;
  kind: Kind;
  at: string;
  user?: User | null;
  text?: string;
  fragments?: readonly Fragment[];
  amount?: Amount | null;
  count?: number;
  detail?: Readonly<Record<string, unknown>>;
  rehearsal?: boolean;
}

export interface Abilities {
  send: boolean;
  reply: boolean;
  delete: boolean;
  time_out: boolean;
  ban: boolean;
  metadata: boolean;
  start: boolean;
  longest_message: number;
}

export interface FeedRow {
  platform: string;
  name: string;
  channel: string;
  status: "off" | "connecting" | "connected" | "reconnecting" | "needs_you";
  sentence: string;
  since: string;
  viewers: number | null;
  followers: number | null;
  is_live: boolean | null;
  live_since: string | null;
  title: string;
  category: string;
  heard_at: string | null;
  rehearsal: boolean;
  abilities: Abilities;
}

export interface ViewersRow {
  at: string;
  total: number;
  by: Readonly<Record<string, number>>;
}

export interface StreamRow {
  id: number;
  title: string;
  started_at: string;
  ended_at: string | null;
  platforms: readonly string[];
  rehearsal: boolean;
  session_id: number | null;
}

export interface AirRow {
  lamp: "on_air" | "off_air" | "rehearsal" | "disagrees";
  words: string;
  sentence: string;
  session: { id: number; name: string } | null;
  live: readonly string[];
  encoder: boolean | null;
}

export interface ChatSnapshot {
  /** Oldest first. */
  events: readonly StreamEvent[];
  last_id: number;
  can: ChatRights;
}

export interface ChatRights {
  send: boolean;
  moderate: boolean;
  questions: boolean;
}

export interface StreamSnapshot {
  feeds: readonly FeedRow[];
  air: AirRow;
  stream: StreamRow | null;
  activity: readonly StreamEvent[];
  viewers: readonly ViewersRow[];
  server_time: string;
}

/** What came of a message at one platform. */
export interface Sent {
  platform: string;
  ok: boolean;
  sentence: string;
}
