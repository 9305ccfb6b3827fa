/** What happened, in words: its sentence, its message, and what is read aloud. Pure. */

import { amountInWords, count } from "../streams/amounts";
import { lookOf } from "../streams/platforms";
import type { Amount } from "../streams/types";
import { filled } from "./words";

/** Something that happened, as far as words need it: a whole event, or what overlays may know of one. */
export interface Told {
  kind: string;
  platform: string;
  user?: { name: string } | null;
  text?: string;
  amount?: Amount | null;
  count?: number;
  detail?: Readonly<Record<string, unknown>>;
}

/** What a sentence may name. Nobody's name and no amount are words, too. */
export function wordsOf({
  kind,
  user,
  amount,
  count: many,
  detail = {},
  platform,
}: Told): Record<string, string> {
  const isNobody = detail["is_anonymous"] === true || !user?.name;
  const item = typeof detail["item"] === "string" ? detail["item"] : "";
  return {
    name: isNobody ? "Somebody" : user.name,
    amount: amount ? amountInWords(amount) : "",
    count: count(many || 1),
    item: item || (kind === "gift" ? ((many ?? 1) === 1 ? "subscription" : "subscriptions") : "a product"),
    platform: lookOf(platform).name,
  };
}

export interface Part {
  text: string;
  /** What the viewer is called, and what they gave: drawn to stand out. */
  strong: boolean;
}

const STRONG = new Set(["name", "amount", "count", "item"]);

/** The sentence in parts. A word that is not known stays as it was typed. */
export function sentence(template: string, event: Told): Part[] {
  const words = wordsOf(event);
  return template
    .split(/(\{\w+\})/)
    .filter(Boolean)
    .map((piece) => {
      const word = /^\{(\w+)\}$/.exec(piece)?.[1];
      const known = word === undefined ? undefined : words[word];
      return known === undefined
        ? { text: piece, strong: false }
        : { text: known, strong: STRONG.has(word!) };
    });
}

/** What is read aloud: the sentence and the message, without links, drawn-out repeats and what is too long. */
export function spoken(template: string, event: Told, most: number): string {
  const told = `${filled(template, wordsOf(event))}. ${event.text ?? ""}`
    .replace(/https?:\/\/\S+/gi, "")
    .replace(/([^\d\s])\1{3,}/gu, "$1$1")
    .replace(/(\b\S+\b)(?:\s+\1){3,}/giu, "$1 $1")
    .replace(/\s+/g, " ")
    .trim();
  const letters = [...told];
  return letters.length > most ? `${letters.slice(0, most).join("")}…` : told;
}
