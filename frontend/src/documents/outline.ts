/** What is said about a document beside it: its headings, how many words it has, and how long it takes to say them. */

import type { Node } from "@tiptap/pm/model";
import { unitOf } from "./lines";
import { lineAttributes } from "./nodes";

export interface Heading {
  text: string;
  level: number;
  /** Where it stands, in units of the delta. */
  unit: number;
}

/** Words a minute of somebody who speaks to an audience. */
const SPOKEN = 150;
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{N}])[\p{L}\p{N}\p{M}'’.,-]*/gu;

/** Lines that nobody changes are the same objects, and are counted once. */
const counted = new WeakMap<Node, number>();

export function wordsIn(text: string): number {
  return text.match(WORD)?.length ?? 0;
}

export function wordsOf(doc: Node): number {
  let words = 0;
  doc.forEach((line) => {
    let count = counted.get(line);
    if (count === undefined) {
      count = wordsIn(line.textBetween(0, line.content.size, " ", " "));
      counted.set(line, count);
    }
    words += count;
  });
  return words;
}

export function outlineOf(doc: Node): Heading[] {
  const headings: Heading[] = [];
  doc.forEach((line, offset) => {
    const level = lineAttributes(line).header;
    const text = typeof level === "number" && line.textContent.trim();
    if (text) headings.push({ text, level: level as number, unit: unitOf(doc, offset + 1) });
  });
  return headings;
}

/** "412 words · 3 min to say". */
export function lengthSaid(words: number): string {
  const minutes = Math.round(words / SPOKEN);
  const long = words === 0 ? "" : minutes < 1 ? " · under a minute to say" : ` · ${minutes} min to say`;
  return `${words.toLocaleString("en-US")} ${words === 1 ? "word" : "words"}${long}`;
}
