/** Values for tests, as the server would send them. */

import type { Question } from "./questions.svelte";
import type { Item, LiveState, MetaSnapshot, SessionFacts, StateSnapshot } from "./types";

export function item({
  images = 2,
  ...more
}: Partial<Omit<Item, "images">> & { images?: number } = {}): Item {
  const id = more.id ?? 1;
  return {
    id,
    position: id,
    product_id: 100 + id,
    section: "",
    planned_seconds: null,
    warn_seconds: null,
    danger_seconds: null,
    skipped: false,
    name: `Product ${id}`,
    short_name: "",
    talking_points_md: "",
    document_id: null,
    talking_points_html: "",
    original_price_cents: 1000,
    sale_price_cents: null,
    pid: null,
    sku: "",
    stock: null,
    images: Array.from({ length: images }, (_, index) => ({
      id: id * 100 + index,
      url: `/media/${id}-${index}.jpg`,
      thumbnail_url: null,
      placeholder_url: null,
      alt: "",
      width: null,
      height: null,
    })),
    ...more,
  };
}

export function live(more: Partial<LiveState> = {}): LiveState {
  return {
    version: 10,
    lineup_version: 1,
    status: "live",
    item_id: 1,
    image_index: 0,
    card_shown: false,
    started_at: null,
    message: null,
    clock: { since: null, paused_at: null, added_seconds: 0 },
    armed: null,
    flashes: {},
    offer: null,
    question_id: null,
    actor_id: null,
    kind: "created",
    at: null,
    ...more,
  } as LiveState;
}

export const facts = {
  id: 1,
  name: "Spring Sparkle",
  currency: "USD",
  warn_seconds: 60,
  danger_seconds: 15,
  freeze_at_zero: false,
  arming: false,
  hosts: [],
  skip_sold_out: false,
  card_theme: "standard",
  approve_prices: false,
  is_template: false,
  is_archived: false,
  presets: [],
} as unknown as SessionFacts;

export const state = (more: Partial<LiveState> = {}): StateSnapshot =>
  ({ live: live(more), can: { drive: true, acknowledge: true } }) as StateSnapshot;

export const meta = (count = 5, version = 1): MetaSnapshot =>
  ({
    version,
    session: facts,
    items: Array.from({ length: count }, (_, index) => item({ id: index + 1 })),
  }) as MetaSnapshot;

/** A question that waits in show 1. */
export const question = (more: Partial<Question> = {}): Question => ({
  id: 1,
  session_id: 1,
  item_id: null,
  product_id: null,
  number: null,
  product: "",
  event_id: 100 + (more.id ?? 1),
  platform: "tiktok",
  user_name: "ann",
  user_color: "",
  text: `Question ${more.id ?? 1}?`,
  asked: 1,
  first_at: "2026-11-27T18:00:00Z",
  last_at: "2026-11-27T18:00:00Z",
  state: "open",
  rehearsal: false,
  ...more,
});
