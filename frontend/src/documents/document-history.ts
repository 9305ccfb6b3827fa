/** What a document was: asking the server for it, and cutting it into lines. No Svelte. */

import * as asking from "../lib/asking";
import { Text } from "./text";
import type { Attributes, Delta } from "./types";

/** Versions `first` to `last`, by one person without a pause. */
export interface Stretch {
  first: number;
  last: number;
  user_id: number | null;
  source: string;
  began_at: string;
  ended_at: string;
}

export interface Author {
  id: number | null;
  name: string;
  color: number;
}

export interface Named {
  version: number;
  name: string;
  user_id: number | null;
  at: string;
}

export interface Versions {
  version: number;
  stretches: Stretch[];
  authors: Author[];
  named: Named[];
}

/** A piece of the text: who wrote it, or what a comparison says of it. */
export interface Piece {
  insert: string | Record<string, unknown>;
  attributes?: Attributes;
  by?: number | null;
  mark?: "added" | "removed" | "changed";
}

export interface Line {
  key: number;
  pieces: Piece[];
  block: Attributes;
  /** Of its newline. */
  mark: Piece["mark"];
}

/** A version as the server has it; `version` is another one before it where it was folded. */
export interface Version {
  version: number;
  ops: Delta;
  /** Units and whom they are by (0: nobody that is known), in turn. */
  authors: readonly number[];
}

/** Some versions of play-back as one change; its inserts have an attribute `by`. */
export interface Step {
  version: number;
  change: Delta;
}

/** What a restore did; nothing, if `first` is after `last`. */
export interface Restored {
  version: number;
  first: number;
  last: number;
}

/** A sentence of the server's, or that it is away. */
export class HistoryError extends Error {}

const WORDS = {
  away: "The server cannot be reached just now. Nothing was changed; try again.",
  signedOut: "You are signed out. Reload the page and sign in.",
};

/** Asks; with `body` it changes something. Throws HistoryError. */
export async function ask<T>(address: string, body?: Record<string, unknown>): Promise<T> {
  const answer = await asking.ask<T>(address, body);
  if (answer.is !== "ok") throw new HistoryError(asking.wrongIn(answer, WORDS));
  return answer.data;
}

/** The lines of a text; an embed is a piece of its own. */
export function lines(ops: readonly Piece[]): Line[] {
  const found: Line[] = [];
  let pieces: Piece[] = [];
  for (const op of ops) {
    if (typeof op.insert !== "string") {
      pieces.push(op);
      continue;
    }
    const parts = op.insert.split("\n");
    parts.forEach((text, index) => {
      if (text) pieces.push({ ...op, insert: text });
      if (index === parts.length - 1) return;
      found.push({ key: found.length, pieces, block: op.attributes ?? {}, mark: op.mark });
      pieces = [];
    });
  }
  if (pieces.length) found.push({ key: found.length, pieces, block: {}, mark: undefined });
  return found;
}

/** A version whose inserts have an attribute `by`, so that changes with the same can follow it. */
export function signed({ ops, authors }: Version): Text {
  const change = authors.flatMap((by, index) =>
    index % 2 ? [{ retain: authors[index - 1]!, attributes: { by } }] : [],
  );
  return Text.of(ops).apply(change);
}

/** Its pieces, with their authors beside the attributes. */
export function pieces(text: Text): Piece[] {
  return text.contents().map(({ insert, attributes }) => {
    const { by, ...looks } = attributes!;
    return { insert: insert!, attributes: looks, by: (by as number) || null };
  });
}

/** What stands for an embed where there is only text. */
export function said(insert: Piece["insert"]): string {
  if (typeof insert === "string") return insert;
  const [kind, value] = Object.entries(insert)[0] ?? ["", ""];
  if (kind === "break") return "\n";
  if (kind === "divider") return "";
  if (kind === "mention") return `@${(value as { label: string }).label}`;
  if (kind === "image") return "🖼";
  return String(value);
}

/** How an embed looks on the paper, as a class of it. */
export function embedded(insert: Piece["insert"]): string {
  if (typeof insert === "string") return "";
  const [kind = ""] = Object.keys(insert);
  return { mention: "mention", cue: "cue-chip", divider: "divider" }[kind] ?? "";
}

/** The version one step from another, among all there are. */
export function stepped(version: number, by: number, newest: number): number {
  return Math.min(newest, Math.max(0, version + by));
}

/** When a stretch was: one moment, or from when to when. */
export function when(
  { began_at, ended_at }: Pick<Stretch, "began_at" | "ended_at">,
  locale?: string,
): string {
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const hour = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const [began, ended] = [new Date(began_at), new Date(ended_at)];
  const end = hour.format(ended);
  return hour.format(began) === end ? day.format(began) : `${day.format(began)} – ${end}`;
}
