/** Where a preview puts a widget. Pure. */

import { safeAreas } from "../guides";
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

const CANVAS = {
  landscape: { width: 1920, height: 1080 },
  upright: { width: 1080, height: 1920 },
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
  const canvas = CANVAS[format];
  // The innermost: where graphics are safe.
  const safe = safeAreas(canvas.width, canvas.height).at(-1)!;
  const box = { width: Math.min(width, safe.width), height: Math.min(height, safe.height) };
  return { ...canvas, most: 1, box: { ...box, x: safe.x, y: safe.y + safe.height - box.height } };
}
