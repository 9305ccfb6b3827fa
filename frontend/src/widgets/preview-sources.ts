/** Sources that are told what a socket would tell them, over and over: for previews, layouts and pages that are tried out. */

import { FramePlayer } from "./preview/player.svelte";
import { Sources } from "./sources.svelte";
import type { Frame } from "./types";

/** Milliseconds before a canvas with several widgets begins again: longer than a widget alone rests. */
const CANVAS_REST_MS = 8_000;

export interface Preview {
  sources: Sources;
  player: FramePlayer;
}

/** One that stands still until its player is told. */
export function preview(
  frames: readonly Frame[],
  studioId: number,
  pictureOrigins: readonly string[] = [],
  restMs?: number,
): Preview {
  const sources = new Sources(undefined, studioId, pictureOrigins);
  const player = new FramePlayer(frames, (...heard) => sources.take(...heard), restMs);
  return { sources, player };
}

/** One that plays at once, as it does on a canvas. */
export function play(
  frames: readonly Frame[],
  studioId: number,
  pictureOrigins: readonly string[] = [],
): Preview {
  const played = preview(frames, studioId, pictureOrigins, CANVAS_REST_MS);
  played.player.play();
  return played;
}
