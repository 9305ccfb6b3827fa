/** Where a preview puts a widget. Pure. */

import type { Box } from "../types";

export type Format = "close" | "landscape" | "upright";
export type Ground = "checker" | "dark" | "light" | "picture";

export interface Placed {
  width: number;
  height: number;
  /** The largest scale it is drawn at. */
  most: number;
  box: Pick<Box, "x" | "y" | "width" | "height">;
}

/** Pixels that a broadcast keeps free (EBU R 95), and what TikTok lays over an upright picture. */
const SAFE = {
  landscape: { width: 1920, height: 1080, left: 96, right: 96, top: 54, bottom: 54 },
  upright: { width: 1080, height: 1920, left: 60, right: 170, top: 220, bottom: 620 },
};
const AROUND = 60;

/** A widget of so many pixels: by itself, or low at the left within the safe area of a whole picture. */
export function placed(format: Format, width: number, height: number): Placed {
  if (format === "close")
    return {
      width: width + 2 * AROUND,
      height: height + 2 * AROUND,
      most: 1.25,
      box: { x: AROUND, y: AROUND, width, height },
    };
  const safe = SAFE[format];
  const box = {
    width: Math.min(width, safe.width - safe.left - safe.right),
    height: Math.min(height, safe.height - safe.top - safe.bottom),
  };
  return {
    width: safe.width,
    height: safe.height,
    most: 1,
    box: { ...box, x: safe.left, y: safe.height - safe.bottom - box.height },
  };
}
