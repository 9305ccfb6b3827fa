/** Where graphics are safe on a canvas. Pure. */

export interface Area {
  name: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** EBU R 95: graphics inside 5 %, what happens inside 3.5 %. */
const TITLE = 0.05;
const ACTION = 0.035;
/** Of 1080×1920, what TikTok's own bars and buttons leave; measured by makers of its videos, and published nowhere. */
const UPRIGHT = { top: 220, right: 170, bottom: 620, left: 60 };

/** The safe areas of a canvas, the outermost first; a strip stands wherever its scene puts it and has none. */
export function safeAreas(width: number, height: number): readonly Area[] {
  if (height > width) {
    const scale = width / 1080;
    const { top, right, bottom, left } = UPRIGHT;
    const area = { x: left, y: top, width: 1080 - left - right, height: 1920 - top - bottom };
    return [{ name: "TikTok safe", ...scaled(area, scale) }];
  }
  if (width * 9 !== height * 16) return [];
  return [inset("Action safe", ACTION, width, height), inset("Title safe", TITLE, width, height)];
}

function inset(name: string, share: number, width: number, height: number): Area {
  const [x, y] = [Math.round(width * share), Math.round(height * share)];
  return { name, x, y, width: width - 2 * x, height: height - 2 * y };
}

function scaled(area: Omit<Area, "name">, scale: number): Omit<Area, "name"> {
  const by = (value: number) => Math.round(value * scale);
  return { x: by(area.x), y: by(area.y), width: by(area.width), height: by(area.height) };
}
