/** What the producer is told of a message: whether the host has seen it, and how long that took. */

import type { Message } from "./types";

/** Milliseconds after which an unseen message calls for attention (features c6). */
export const LATE_AFTER_MS = 10_000;

export interface Receipt {
  text: string;
  late: boolean;
}

/** `now` is the server's time in milliseconds, as `sent_at` and `acked_at` are. */
export function receipt({ sent_at, acked_at }: Message, now: number): Receipt {
  const sent = Date.parse(sent_at);
  if (acked_at) return { text: `✓ Seen after ${span(Date.parse(acked_at) - sent)}`, late: false };
  const waited = now - sent;
  return waited < LATE_AFTER_MS
    ? { text: "Not seen yet", late: false }
    : { text: `Not seen for ${span(waited)}`, late: true };
}

/** A span in words that can be read at a glance: `4 s`, `2 min`. */
function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 100 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}
