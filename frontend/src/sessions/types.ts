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

export interface LiveState {
  version: number;
  lineup_version: number;
  status: "draft" | "live" | "complete" | "deleted";
  item_id: number | null;
  image_index: number;
  card_shown: boolean;
  started_at: string | null;
  message: Message | null;
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
  notes?: string;
  overridden?: string[];
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
