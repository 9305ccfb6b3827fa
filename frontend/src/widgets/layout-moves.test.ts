import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  added,
  HANDLES,
  kept,
  LEAST,
  linesOf,
  moved,
  MOST,
  newId,
  nudged,
  reordered,
  resized,
} from "./layout-moves";
import type { Box } from "./types";

const canvas = { width: 1920, height: 1080 };
const card = { x: 96, y: 790, width: 620, height: 230 };
const none = { x: [], y: [] };
const box = (id: string): Box => ({ id, type: "chat", ...card, shown: true });
const press = (key: string, held: { shiftKey?: boolean; altKey?: boolean } = {}) => ({
  key,
  shiftKey: false,
  altKey: false,
  ...held,
});

test("a box goes where it is dragged, in whole pixels", () => {
  expect(moved(card, 10.4, -3.6, { canvas, lines: none, within: 8 }).rect).toEqual({
    ...card,
    x: 106,
    y: 786,
  });
});

test("near a line its nearest edge or middle stands on it, and the line is told", () => {
  const lines = linesOf(canvas, [{ x: 96, y: 54, width: 1728, height: 972 }], []);
  const left = moved(card, 5, 0, { canvas, lines, within: 8 });
  expect([left.rect.x, left.met.x]).toEqual([96, 96]);
  const middle = moved(card, 960 - 96 - 310 - 6, 0, { canvas, lines, within: 8 });
  expect([middle.rect.x, middle.met.x]).toEqual([650, 960]);
  const bottom = moved(card, 50, 3, { canvas, lines, within: 8 });
  expect([bottom.rect.y + bottom.rect.height, bottom.met.y]).toEqual([1026, 1026]);
  expect(moved(card, 20, -40, { canvas, lines, within: 8 }).met).toEqual({ x: undefined, y: undefined });
});

test("other boxes are lines, too", () => {
  const lines = linesOf(canvas, [], [{ x: 1000, y: 100, width: 200, height: 100 }]);
  expect(moved(card, 1000 - 96 + 4, 0, { canvas, lines, within: 8 }).rect.x).toBe(1000);
  expect(lines.y).toContain(150);
});

test("a box is never lost beside the canvas", () => {
  const far = { canvas, lines: none, within: 0 };
  expect(moved(card, -9_000, 9_000, far).rect).toEqual({ ...card, x: 20 - 620, y: 1060 });
});

test("a handle pulls its own edges and leaves the others", () => {
  const free = { lines: none, within: 0 };
  expect(resized(card, "e", 30, 99, free).rect).toEqual({ ...card, width: 650 });
  expect(resized(card, "nw", 30, -10, free).rect).toEqual({ x: 126, y: 780, width: 590, height: 240 });
  expect(resized(card, "w", 9_999, 0, free).rect).toEqual({ ...card, x: 96 + 620 - LEAST, width: LEAST });
});

test("a pulled edge stands on a line; an even one keeps its shape instead", () => {
  const lines = linesOf(canvas, [], []);
  const snapped = resized(card, "e", 960 - 716 + 5, 0, { lines, within: 8 });
  expect([snapped.rect.x + snapped.rect.width, snapped.met.x]).toEqual([960, 960]);
  const even = resized(card, "se", 620, 0, { lines, within: 8, even: true }).rect;
  expect(even).toEqual({ ...card, width: 1240, height: 460 });
  const corner = resized(card, "nw", -620, 0, { lines, within: 8, even: true }).rect;
  expect([corner.x + corner.width, corner.y + corner.height]).toEqual([716, 1020]);
});

test("arrows move by one, with Shift by ten, and with Alt they size", () => {
  expect(nudged(card, press("ArrowRight"), canvas)).toEqual({ ...card, x: 97 });
  expect(nudged(card, press("ArrowUp", { shiftKey: true }), canvas)).toEqual({ ...card, y: 780 });
  expect(nudged(card, press("ArrowLeft", { altKey: true, shiftKey: true }), canvas)).toEqual({
    ...card,
    width: 610,
  });
  expect(nudged(card, press("Enter"), canvas)).toBeUndefined();
});

test("boxes change places with their neighbour only", () => {
  const boxes = ["a", "b", "c"].map(box);
  const ids = (list: readonly Box[]) => list.map(({ id }) => id).join("");
  expect(ids(reordered(boxes, "a", 1))).toBe("bac");
  expect(ids(reordered(boxes, "c", 1))).toBe("abc");
  expect(ids(reordered(boxes, "b", -1))).toBe("bac");
});

test("a new box stands in the middle, beside one that is there, under a name of its own", () => {
  const first = added([], { type: "alert_box", width: 700, height: 320 }, canvas);
  expect(first).toMatchObject({ id: "alertbox", x: 610, y: 380 });
  const second = added([first], { type: "alert_box", width: 700, height: 320 }, canvas);
  expect(second).toMatchObject({ id: "alertbox2", x: 634, y: 404 });
  const wide = added([], { type: "ticker", width: 1920, height: 80 }, { width: 1080, height: 1920 });
  expect(wide.width).toBe(972);
});

test("ids are what the server takes, whatever a kind is called", () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(30), (type, count) => {
      const boxes: Box[] = [];
      for (let n = 0; n < count; n += 1) boxes.push(box(newId(boxes, type)));
      const ids = boxes.map(({ id }) => id);
      return new Set(ids).size === count && ids.every((id) => /^[a-z0-9]{1,16}$/.test(id));
    }),
  );
});

test("whatever is dragged or pulled, the server takes it", () => {
  const whole = fc.integer({ min: -20_000, max: 20_000 });
  const side = fc.integer({ min: LEAST, max: MOST });
  const lines = linesOf(canvas, [], [card]);
  const good = ({ x, y, width, height }: typeof card) =>
    [x, y, width, height].every(Number.isInteger) &&
    width >= LEAST &&
    width <= MOST &&
    height >= LEAST &&
    height <= MOST;
  fc.assert(
    fc.property(
      whole,
      whole,
      side,
      side,
      whole,
      whole,
      fc.constantFrom(...HANDLES),
      fc.boolean(),
      (...given) => {
        const [x, y, width, height, dx, dy, handle, even] = given;
        const start = kept({ x, y, width, height }, canvas);
        const drag = moved(start, dx, dy, { canvas, lines, within: 8 }).rect;
        const pull = kept(resized(start, handle, dx, dy, { lines, within: 8, even }).rect, canvas);
        return good(drag) && good(pull) && drag.x >= -4_000 && drag.y >= -4_000 && drag.x <= 8_000;
      },
    ),
  );
});
