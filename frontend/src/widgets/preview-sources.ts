/** Sources that are told what a socket would tell them, over and over: for layouts and pages that are tried out. */

import { Sources } from "./sources.svelte";
import type { Frame } from "./types";

/** Milliseconds from the last frame to the first again. */
const AGAIN_AFTER_MS = 4_000;

export interface Preview {
  sources: Sources;
  stop: () => void;
}

export function play(
  frames: readonly Frame[],
  studioId: number,
  pictureOrigins: readonly string[] = [],
): Preview {
  const sources = new Sources(undefined, studioId, pictureOrigins);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let next = 0;
  const step = () => {
    while (next < frames.length) {
      const { topic, event, payload } = frames[next]!;
      sources.take(topic, event, timed(payload, Date.now()) as Record<string, unknown>);
      next += 1;
      const wait = frames[next]?.after_ms ?? AGAIN_AFTER_MS;
      if (wait > 0) return void (timer = setTimeout(step, wait));
    }
    next = 0;
    if (frames.length) timer = setTimeout(step, AGAIN_AFTER_MS);
  };
  step();
  return { sources, stop: () => clearTimeout(timer) };
}

/** `{"in_s": 90}` is a time so many seconds ahead. */
export function timed(value: unknown, now: number): unknown {
  if (Array.isArray(value)) return value.map((one) => timed(one, now));
  if (typeof value !== "object" || value === null) return value;
  const seconds = (value as { in_s?: unknown }).in_s;
  if (typeof seconds === "number") return new Date(now + seconds * 1000).toISOString();
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, timed(one, now)]));
}
