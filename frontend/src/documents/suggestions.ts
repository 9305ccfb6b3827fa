/**
 * Suggestions: changes that wait for somebody who may write to accept them. Two attributes of any text, embed or newline
 * say it: `inserted` and `deleted`, each `"{person id}:{uuid}"`. What is inserted is not there yet, what is deleted is
 * there still. `cuelight/documents/suggestions.py` says what somebody may do who may only suggest. Pure.
 */

import { canonical, compose, opLength, push, withAttributes } from "./delta";
import type { Attributes, Delta, Op } from "./types";

const NAMES = ["inserted", "deleted"] as const;
export type Name = (typeof NAMES)[number];
export type Verdict = "accept" | "reject";

export const isName = (name: string): name is Name => name === "inserted" || name === "deleted";

/** Whose suggestion it is; undefined where it is none. */
export function authorOf(value: unknown): number | undefined {
  const found = typeof value === "string" ? /^([1-9]\d{0,15}):/.exec(value) : null;
  return found ? Number(found[1]) : undefined;
}

/** The same attributes without those of suggestions. */
export function plainAttributes(attributes: Attributes = {}): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !isName(name)));
}

/**
 * A change as a suggestion: what it inserts is marked as inserted; what it deletes as deleted, unless the same person had
 * suggested it, for that is taken back; what somebody has suggested to delete stays so. Text that was there keeps its
 * format: a suggestion says nothing of formats but those of what it inserts, and of what oneself has suggested before.
 *
 * `base` is the document, or as much of it as the change touches; `id` is the suggestion's.
 */
export function asSuggestion(change: Delta, base: Delta, id: string): Delta {
  const person = authorOf(id);
  const made: Op[] = [];
  // What replaces a text stands behind it, as people write it by hand.
  let behind: Op[] = [];
  const writeBehind = () => {
    for (const op of behind) push(made, op);
    behind = [];
  };
  let place = 0;
  for (const op of change) {
    const count = opLength(op);
    if (op.insert !== undefined) {
      behind.push({ insert: op.insert, attributes: { ...plainAttributes(op.attributes), inserted: id } });
      continue;
    }
    if (op.retain !== undefined) writeBehind();
    for (const run of runs(base, place, place + count)) {
      const isOwn = authorOf(run.attributes.inserted) === person;
      if (op.retain !== undefined) push(made, kept(run, op.attributes, isOwn));
      else if (isOwn) push(made, { delete: run.length });
      else push(made, kept(run, "deleted" in run.attributes ? {} : { deleted: id }, true, true));
    }
    place += count;
  }
  writeBehind();
  return canonical(made);
}

/** Whether a change does nothing but what a suggestion cannot: give another format to what is there. */
export const onlyFormats = (change: Delta): boolean =>
  change.length > 0 && change.every((op) => op.retain !== undefined);

interface Run {
  length: number;
  attributes: Attributes;
}

function kept(run: Run, given: Attributes = {}, isOwn: boolean, isMark = false): Op {
  const all = Object.entries(given);
  const some = all.filter(([name]) => isMark || name === "comment" || (isOwn && !isName(name)));
  return withAttributes({ retain: run.length }, Object.fromEntries(some));
}

/** What stands between two places. */
function* runs(document: Delta, from: number, to: number): Generator<Run> {
  let at = 0;
  for (const op of document) {
    if (at >= to) return;
    const end = at + opLength(op);
    const length = Math.min(to, end) - Math.max(from, at);
    if (length > 0) yield { length, attributes: op.attributes ?? {} };
    at = end;
  }
}

/** A change made by writing, without the suggestions that stand around what it inserts: it is no part of them. */
export function asWriting(change: Delta): Delta {
  return canonical(
    change.map((op) => (op.insert === undefined ? op : withAttributes(op, plainAttributes(op.attributes)))),
  );
}

/** The change that accepts or rejects the suggestions that `matches` names by their ids. */
export function resolved(document: Delta, verdict: Verdict, matches: (id: string) => boolean): Delta {
  const change: Op[] = [];
  document.forEach((op, index) => {
    const given = op.attributes ?? {};
    const named = NAMES.filter((name) => typeof given[name] === "string" && matches(given[name]));
    const settled = Object.fromEntries(named.map((name) => [name, null]));
    const count = opLength(op);
    if (!named.includes(verdict === "accept" ? "deleted" : "inserted"))
      return push(change, withAttributes({ retain: count }, settled));
    // The newline that ends the document stays, whoever suggests what.
    const last = index === document.length - 1 ? 1 : 0;
    if (count > last) push(change, { delete: count - last });
    if (last) push(change, { retain: 1, attributes: settled });
  });
  return canonical(change);
}

/** A document as if nothing had been suggested. */
export const unsuggested = (document: Delta): Delta =>
  compose(
    document,
    resolved(document, "reject", () => true),
  );

export interface Suggestion {
  id: string;
  /** A person's id. */
  author: number;
  /** What it inserts and what it deletes, as text. */
  inserted: string;
  deleted: string;
  /** Where it begins, and where the first stretch of it ends: units of the delta. */
  from: number;
  to: number;
}

/** All suggestions of a document, in the order of the text. */
export function suggestionsIn(document: Delta): Suggestion[] {
  const found = new Map<string, Suggestion>();
  let at = 0;
  for (const op of document) {
    const end = at + opLength(op);
    for (const name of NAMES) {
      const id = op.attributes?.[name];
      const author = authorOf(id);
      if (author === undefined) continue;
      const one: Suggestion = found.get(id as string) ?? {
        ...{ id: id as string, author, inserted: "", deleted: "" },
        ...{ from: at, to: at },
      };
      one[name] += said(op);
      if (one.to === at) one.to = end;
      found.set(one.id, one);
    }
    at = end;
  }
  return [...found.values()];
}

/** In words: a newline is a sign, an embed what it says. */
function said({ insert }: Op): string {
  if (typeof insert === "string") return insert.replaceAll("\n", "¶");
  const [kind, value] = Object.entries(insert ?? {})[0] ?? ["", ""];
  if (kind === "mention") return `@${String((value as { label?: unknown }).label)}`;
  if (kind === "cue") return `[${String(value)}]`;
  return kind === "break" ? "¶" : `[${kind}]`;
}
