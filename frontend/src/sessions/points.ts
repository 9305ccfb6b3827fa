/** The talking points as they stand on the page: their lines, where those are, and the marks on what is new. */

import { matched, newWords, replaced } from "../lib/lines-diff";
import type { Unit } from "./paging";

/** A bullet, a paragraph, a heading: what is compared as one, and hardly ever cut. */
export function linesOf(text: HTMLElement): HTMLElement[] {
  return [...text.children].flatMap((child) =>
    child instanceof HTMLElement ? (child.matches("ul, ol") ? linesOf(child) : [child]) : [],
  );
}

/** Where something is, in pixels of its own layout, however it is scaled, mirrored or flipped on the screen. */
export class Ruler {
  private readonly origin: DOMRect;
  private readonly scale: number;
  private readonly flipped: boolean;

  constructor(text: HTMLElement) {
    this.origin = text.getBoundingClientRect();
    const scale = this.origin.height / text.offsetHeight || 1;
    // Without a transform nothing may be lost to the rounding of offsetHeight.
    this.scale = Math.abs(scale - 1) < 0.01 ? 1 : scale;
    const [first, last] = [text.firstElementChild, text.lastElementChild];
    this.flipped =
      first !== null &&
      first !== last &&
      last !== null &&
      last.getBoundingClientRect().top < first.getBoundingClientRect().top;
  }

  /** From the upper edge of the text. */
  of(rect: DOMRect): Unit {
    const { origin, scale } = this;
    return this.flipped
      ? { top: (origin.bottom - rect.bottom) / scale, bottom: (origin.bottom - rect.top) / scale }
      : { top: (rect.top - origin.top) / scale, bottom: (rect.bottom - origin.top) / scale };
  }

  lines(lines: readonly HTMLElement[]): Unit[] {
    return lines.map((line) => this.of(line.getBoundingClientRect()));
  }

  /** How far one thing begins below the upper edge of another. */
  between(upper: HTMLElement, lower: HTMLElement): number {
    const [a, b] = [upper.getBoundingClientRect(), lower.getBoundingClientRect()];
    return (this.flipped ? a.bottom - b.bottom : b.top - a.top) / this.scale;
  }

  /** What a page must not cut: each line, or the rows of one that is higher than a page. */
  units(lines: readonly HTMLElement[], height: number): Unit[] {
    return lines.flatMap((line) => {
      const unit = this.of(line.getBoundingClientRect());
      return unit.bottom - unit.top <= height ? [unit] : this.rows(line);
    });
  }

  private rows(line: HTMLElement): Unit[] {
    const range = document.createRange();
    range.selectNodeContents(line);
    const rects = [...range.getClientRects()].map((rect) => this.of(rect)).sort((a, b) => a.top - b.top);
    const rows: Unit[] = [];
    for (const rect of rects) {
      const last = rows.at(-1);
      if (last && rect.top < last.bottom - 2) last.bottom = Math.max(last.bottom, rect.bottom);
      else rows.push({ ...rect });
    }
    return rows;
  }
}

const MARK = "fresh";

/** Marks the words that the lines of before did not have; gives the lines that have any, and how to take the marks off. */
export function markNew(
  before: readonly string[],
  lines: readonly HTMLElement[],
): { changed: HTMLElement[]; unmark: () => void } {
  const now = lines.map((line) => line.textContent);
  const marks: HTMLElement[] = [];
  const changed: HTMLElement[] = [];
  for (const [place, old] of replaced(matched(before, now), now.length)) {
    const words = newWords(before[old] ?? "", now[place]!);
    for (const [start, end] of words.reverse()) marks.push(...wrap(lines[place]!, start, end));
    changed.push(lines[place]!);
  }
  // The elements stay: taking them out could lay out the words anew.
  return { changed, unmark: () => marks.forEach((mark) => mark.classList.remove(MARK)) };
}

/** Puts marks around these characters of an element's text. */
function wrap(line: HTMLElement, start: number, end: number): HTMLElement[] {
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  const parts: [node: Text, from: number, to: number][] = [];
  let offset = 0;
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    const [from, to] = [Math.max(start - offset, 0), Math.min(end - offset, node.length)];
    if (from < to && node.data.slice(from, to).trim()) parts.push([node, from, to]);
    offset += node.length;
  }
  return parts.map(([node, from, to]) => {
    const part = from > 0 ? node.splitText(from) : node;
    part.splitText(to - from);
    const mark = document.createElement("mark");
    mark.className = MARK;
    part.replaceWith(mark);
    mark.append(part);
    return mark;
  });
}
