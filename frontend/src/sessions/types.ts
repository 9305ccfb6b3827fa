/** A live session as it travels; see docs/protocol.md. */

export type Color = "amber" | "blue" | "green" | "red" | "purple" | "gray";
export const COLORS: readonly Color[] = ["amber", "blue", "green", "red", "purple", "gray"];

export interface Message {
  id: string;
  text: string;
  color: Color;
  sent_at: string;
  acked_at: string | null;
}

/** How long the item on air has been there: now (or `paused_at`) − `since`. `added_seconds` go to its planned time. */
export interface Clock {
  /** When it came on air, later by every pause that is over; null while the show does not run. */
  since: string | null;
  paused_at: string | null;
  added_seconds: number;
}

/** What "Go" shows; worth nothing 15 s after `at`. */
export interface Armed {
  item_id: number;
  at: string;
}

/** A lower price of one line for a while; who wanted it as `person:3` or `token:7`. */
export interface Flash {
  id: string;
  price_cents: number;
  /** What was charged when it began. */
  was_cents: number;
  started_at: string;
  ends_at: string;
  by: string;
  approved_by: string | null;
}

/** A flash price that waits for a second person's yes; worth nothing 2 min after `at`. */
export interface Offer {
  id: string;
  item_id: number;
  price_cents: number;
  was_cents: number;
  seconds: number;
  by: string;
  at: string;
}

export interface Preset {
  text: string;
  color: Color;
}

export interface LiveState {
  version: number;
  lineup_version: number;
  status: "draft" | "rehearsal" | "live" | "complete" | "deleted";
  item_id: number | null;
  image_index: number;
  card_shown: boolean;
  started_at: string | null;
  message: Message | null;
  clock: Clock;
  armed: Armed | null;
  /** By the id of their line; one may be over already. */
  flashes: Record<string, Flash>;
  offer: Offer | null;
  /** The viewers' question on the host's screen; its words are on `questions:{studio_id}`. */
  question_id: number | null;
  actor_id: number | null;
  kind: string;
  at: string | null;
}

export interface Picture {
  id: number;
  url: string;
  thumbnail_url: string | null;
  placeholder_url: string | null;
  alt: string;
  width: number | null;
  height: number | null;
}

export interface Item {
  id: number;
  position: number;
  product_id: number;
  section: string;
  planned_seconds: number | null;
  /** Of the line; null: as the session has it. */
  warn_seconds: number | null;
  danger_seconds: number | null;
  /** Next and previous pass over it. */
  skipped: boolean;
  /** The shared document that is its talking points. */
  document_id: number | null;
  notes?: string;
  overridden?: string[];
  /** What the product has, where the line has its own; for the crew only. */
  of_product?: Partial<OfProduct>;
  name: string;
  short_name: string;
  talking_points_html: string;
  talking_points_md: string;
  original_price_cents: number | null;
  sale_price_cents: number | null;
  pid: string | null;
  sku: string;
  stock: number | null;
  images: Picture[];
}

/** What a line may have instead of its product. */
export interface OfProduct {
  name: string;
  talking_points_md: string;
  original_price_cents: number | null;
  sale_price_cents: number | null;
}

/** What a line may have of its own; null: as the product, of the times as the session has it. */
export interface OwnValues {
  name: string | null;
  talking_points_md: string | null;
  original_price_cents: number | null;
  sale_price_cents: number | null;
  planned_seconds: number | null;
  warn_seconds: number | null;
  danger_seconds: number | null;
  section: string | null;
  notes: string | null;
  skipped: boolean;
}

export type HostRole = "primary" | "co_host";
/** Of the hosts only those who come, change or go (null), by the person's id. */
export type HostChanges = Record<string, HostRole | null>;
export type SettingChanges = Partial<Omit<SessionFacts, "hosts">> & { hosts?: HostChanges };

export interface SessionFacts {
  id: number;
  studio_id: number;
  name: string;
  slug: string;
  notes?: string;
  wrap: boolean;
  host_may_drive: boolean;
  currency: string;
  scheduled_at: string | null;
  duration_minutes: number;
  /** The clock turns amber, then red, with this much left. */
  warn_seconds: number;
  danger_seconds: number;
  freeze_at_zero: boolean;
  /** A first key press arms, a second goes. */
  arming: boolean;
  hosts: { person_id: number; role: HostRole }[];
  /** Next and previous pass over what has no stock. */
  skip_sold_out: boolean;
  card_theme: string;
  /** A flash price needs a second person's yes. */
  approve_prices: boolean;
  is_template: boolean;
  is_archived: boolean;
  /** For the crew only. */
  presets?: Preset[];
}

export interface StateSnapshot {
  live: LiveState;
  can: { drive: boolean; acknowledge: boolean };
  server_time: string;
}

export interface MetaSnapshot {
  version: number;
  session: SessionFacts;
  items: Item[];
}

export interface LineupChanged {
  version: number;
  previous: number;
  items: Item[];
  removed: number[];
}

export interface SettingsChanged {
  version: number;
  previous: number;
  session: SessionFacts;
}

export interface ItemsRefreshed {
  items: Item[];
}
