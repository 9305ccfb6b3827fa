/** Moving boxes about a canvas: by hand, by keys, and to where they want to stand. All in pixels of the canvas. Pure. */

import type { Box } from "./types";

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Where edges and middles want to stand. */
export interface Lines {
  x: readonly number[];
  y: readonly number[];
}

/** The lines that something has come to stand on. */
export interface Met {
  x: number | undefined;
  y: number | undefined;
}

export type Handle = "n" | "ne" | "e" | "se" | "s" | "sw" | "w" | "nw";
export const HANDLES: readonly Handle[] = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];

/** As `layout.py` has them. */
export const LEAST = 20;
export const MOST = 4_000;
export const MOST_BOXES = 40;
/** So much of a box stays on the canvas: it must be found again. */
const REMAINS = 20;

export function linesOf(canvas: Size, areas: readonly Rect[], others: readonly Rect[]): Lines {
  const x = new Set([0, canvas.width / 2, canvas.width]);
  const y = new Set([0, canvas.height / 2, canvas.height]);
  for (const area of areas) {
    [area.x, area.x + area.width].forEach((at) => x.add(at));
    [area.y, area.y + area.height].forEach((at) => y.add(at));
  }
  for (const other of others) {
    [other.x, other.x + other.width / 2, other.x + other.width].forEach((at) => x.add(at));
    [other.y, other.y + other.height / 2, other.y + other.height].forEach((at) => y.add(at));
  }
  return { x: [...x], y: [...y] };
}

/** Moved so far from where it was taken up; with its nearest edge or middle on a line that is within reach. */
export function moved(
  taken: Rect,
  dx: number,
  dy: number,
  { canvas, lines, within }: { canvas: Size; lines: Lines; within: number },
): { rect: Rect; met: Met } {
  const rect = { ...taken, x: Math.round(taken.x + dx), y: Math.round(taken.y + dy) };
  const x = nearest([rect.x, rect.x + rect.width / 2, rect.x + rect.width], lines.x, within);
  const y = nearest([rect.y, rect.y + rect.height / 2, rect.y + rect.height], lines.y, within);
  rect.x = Math.round(rect.x + (x?.by ?? 0));
  rect.y = Math.round(rect.y + (y?.by ?? 0));
  return { rect: kept(rect, canvas), met: { x: x?.at, y: y?.at } };
}

/** Pulled by one of its eight handles; the edges across stay where they are. `even`: its shape stays, too. */
export function resized(
  taken: Rect,
  handle: Handle,
  dx: number,
  dy: number,
  { lines, within, even = false }: { lines: Lines; within: number; even?: boolean },
): { rect: Rect; met: Met } {
  const ends = { left: taken.x, top: taken.y, right: taken.x + taken.width, bottom: taken.y + taken.height };
  const met: Met = { x: undefined, y: undefined };
  const pull = (from: number, by: number, axis: "x" | "y"): number => {
    const to = Math.round(from + by);
    const found = even ? undefined : nearest([to], lines[axis], within);
    met[axis] = found?.at;
    return Math.round(to + (found?.by ?? 0));
  };
  if (handle.includes("w"))
    ends.left = bound(pull(ends.left, dx, "x"), ends.right - MOST, ends.right - LEAST);
  if (handle.includes("e"))
    ends.right = bound(pull(ends.right, dx, "x"), ends.left + LEAST, ends.left + MOST);
  if (handle.includes("n"))
    ends.top = bound(pull(ends.top, dy, "y"), ends.bottom - MOST, ends.bottom - LEAST);
  if (handle.includes("s"))
    ends.bottom = bound(pull(ends.bottom, dy, "y"), ends.top + LEAST, ends.top + MOST);
  const rect = {
    x: ends.left,
    y: ends.top,
    width: ends.right - ends.left,
    height: ends.bottom - ends.top,
  };
  return { rect: even && handle.length === 2 ? inShape(rect, taken, handle) : rect, met };
}

/** What a key does to a box; undefined: nothing. Arrows move it, with Alt they pull its lower right corner. */
export function nudged(
  rect: Rect,
  { key, shiftKey, altKey }: { key: string; shiftKey: boolean; altKey: boolean },
  canvas: Size,
): Rect | undefined {
  const step = shiftKey ? 10 : 1;
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!way) return undefined;
  const [dx, dy] = [way[0]! * step, way[1]! * step];
  if (!altKey) return kept({ ...rect, x: rect.x + dx, y: rect.y + dy }, canvas);
  return {
    ...rect,
    width: bound(rect.width + dx, LEAST, MOST),
    height: bound(rect.height + dy, LEAST, MOST),
  };
}

/** As it may be: of a size that is kept, and not lost beside the canvas. */
export function kept(rect: Rect, canvas: Size): Rect {
  const width = bound(Math.round(rect.width), LEAST, MOST);
  const height = bound(Math.round(rect.height), LEAST, MOST);
  return {
    x: bound(Math.round(rect.x), REMAINS - width, canvas.width - REMAINS),
    y: bound(Math.round(rect.y), REMAINS - height, canvas.height - REMAINS),
    width,
    height,
  };
}

/** One place nearer to the front (1) or to the back (-1). The last of the list lies over all others. */
export function reordered(boxes: readonly Box[], id: string, step: 1 | -1): readonly Box[] {
  const from = boxes.findIndex((box) => box.id === id);
  const to = from + step;
  if (from < 0 || to < 0 || to >= boxes.length) return boxes;
  const after = [...boxes];
  [after[from], after[to]] = [after[to]!, after[from]!];
  return after;
}

/** A new box in the middle, a little beside one that stands there already; smaller where the canvas is. */
export function added(boxes: readonly Box[], kind: { type: string } & Size, canvas: Size): Box {
  const scale = Math.min(1, (canvas.width * 0.9) / kind.width, (canvas.height * 0.9) / kind.height);
  const width = Math.max(LEAST, Math.round(kind.width * scale));
  const height = Math.max(LEAST, Math.round(kind.height * scale));
  let [x, y] = [Math.round((canvas.width - width) / 2), Math.round((canvas.height - height) / 2)];
  while (boxes.some((box) => box.x === x && box.y === y)) [x, y] = [x + 24, y + 24];
  return {
    id: newId(boxes, kind.type),
    type: kind.type,
    ...kept({ x, y, width, height }, canvas),
    shown: true,
  };
}

/** `chat`, `chat2`, …: letters and digits, as `layout.py` wants them. */
export function newId(boxes: readonly Box[], type: string): string {
  const name = type.replace(/[^a-z0-9]/g, "").slice(0, 12) || "box";
  const taken = new Set(boxes.map(({ id }) => id));
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? name : `${name}${count}`;
    if (!taken.has(id)) return id;
  }
}

export function replaced(boxes: readonly Box[], id: string, change: Partial<Box>): readonly Box[] {
  return boxes.map((box) => (box.id === id ? { ...box, ...change } : box));
}

function inShape(rect: Rect, taken: Rect, handle: Handle): Rect {
  const least = Math.max(LEAST / taken.width, LEAST / taken.height);
  const wanted = Math.max(rect.width / taken.width, rect.height / taken.height, least);
  const scale = Math.min(wanted, MOST / taken.width, MOST / taken.height);
  const width = Math.round(taken.width * scale);
  const height = Math.round(taken.height * scale);
  const x = handle.includes("w") ? taken.x + taken.width - width : taken.x;
  const y = handle.includes("n") ? taken.y + taken.height - height : taken.y;
  return { x, y, width, height };
}

function nearest(
  points: readonly number[],
  lines: readonly number[],
  within: number,
): { at: number; by: number } | undefined {
  let best: { at: number; by: number } | undefined;
  for (const at of lines)
    for (const point of points) {
      const by = at - point;
      if (Math.abs(by) <= within && (!best || Math.abs(by) < Math.abs(best.by))) best = { at, by };
    }
  return best;
}

const bound = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);
