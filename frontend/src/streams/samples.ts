/** Rows as the server sends them, for tests. */

import type { Question } from "../sessions/questions.svelte";
import type { FeedRow, StreamEvent } from "./types";

export const T0 = Date.parse("2026-03-06T18:00:00Z");
export const at = (seconds: number): string => new Date(T0 + seconds * 1000).toISOString();

export function message(id: number, more: Partial<StreamEvent> = {}): StreamEvent {
  return {
    id,
    platform: "twitch",
    platform_id: `m${id}`,
    kind: "chat",
    at: at(id),
    user: { id: `u${id % 7}`, name: `viewer ${id % 7}` },
    text: `message ${id}`,
    ...more,
  };
}

export const messages = (from: number, to: number): StreamEvent[] =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index));

export function feed(platform: string, more: Partial<FeedRow> = {}): FeedRow {
  return {
    platform,
    name: platform,
    channel: "lumen",
    status: "connected",
    sentence: "",
    since: at(0),
    viewers: 10,
    followers: null,
    is_live: true,
    live_since: at(0),
    title: "",
    category: "",
    heard_at: null,
    rehearsal: false,
    abilities: {
      send: true,
      reply: true,
      delete: true,
      time_out: true,
      ban: true,
      metadata: true,
      start: false,
      longest_message: 500,
    },
    ...more,
  };
}

export function question(id: number, more: Partial<Question> = {}): Question {
  return {
    id,
    session_id: 1,
    item_id: null,
    product_id: null,
    number: null,
    product: "",
    event_id: id,
    platform: "twitch",
    user_name: "Ana",
    user_color: "",
    text: `question ${id}?`,
    asked: 1,
    first_at: at(id),
    last_at: at(id),
    state: "open",
    rehearsal: false,
    ...more,
  };
}
