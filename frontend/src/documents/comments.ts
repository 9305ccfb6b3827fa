/** What is said about a document: its threads and messages as this page knows them, and how the server is asked. */

import * as asking from "../lib/asking";
import { cut, splitsPair } from "./delta";

export interface Author {
  id: number;
  name: string;
}

/** `id` is what the attribute `comment` of the text has. */
export interface Thread {
  id: string;
  quote: string;
  author: Author | null;
  created_at: string;
  resolved_at: string | null;
  resolved_by: string;
  version: number;
}

export interface Message {
  id: string;
  thread_id: string;
  author: Author | null;
  text: string;
  created_at: string;
  edited_at: string | null;
  deleted: boolean;
  version: number;
}

/** The new values of what was changed. */
export interface Changed {
  thread: Thread;
  message: Message | null;
}

export interface Listed {
  threads: Thread[];
  messages: Message[];
}

/** Everything that was heard, deleted messages, too: something older may still arrive. Never changed once made. */
export interface Book {
  threads: ReadonlyMap<string, Thread>;
  messages: ReadonlyMap<string, Message>;
}

export const EMPTY: Book = { threads: new Map(), messages: new Map() };

/** A thread as it is listed. `place` is where its text begins; undefined: the text is gone. */
export interface Shown {
  thread: Thread;
  messages: Message[];
  place: number | undefined;
}

/** UTF-16 units of a message, and of the text it is about. */
export const MOST_TEXT = 4_000;
const MOST_QUOTE = 300;

/** The book after some news. Of two values of one thing the newer counts, in whatever order they come. */
export function heard(book: Book, { thread, message }: Changed): Book {
  return {
    threads: put(book.threads, thread),
    messages: message ? put(book.messages, message) : book.messages,
  };
}

/** The book after the whole list was told. What is not in it is gone, but for what was heard `since` it was asked for. */
export function told(book: Book, list: Listed, since: ReadonlySet<string>): Book {
  return { threads: merged(book.threads, list.threads), messages: merged(book.messages, list.messages) };

  function merged<One extends Thread | Message>(old: ReadonlyMap<string, One>, all: One[]) {
    let now: ReadonlyMap<string, One> = new Map([...old].filter(([id]) => since.has(id)));
    for (const one of all) now = put(now, one);
    return now;
  }
}

function put<One extends Thread | Message>(
  map: ReadonlyMap<string, One>,
  one: One,
): ReadonlyMap<string, One> {
  const stored = map.get(one.id);
  return stored && stored.version >= one.version ? map : new Map(map).set(one.id, one);
}

/** The threads in which something is said: in the order of the text, then those whose text is gone, oldest first. */
export function shown(book: Book, places: ReadonlyMap<string, number>): Shown[] {
  const said = new Map<string, Message[]>();
  for (const message of book.messages.values())
    if (!message.deleted)
      said.set(message.thread_id, [...(said.get(message.thread_id) ?? []), message].sort(older));
  return [...book.threads.values()]
    .filter(({ id }) => said.has(id))
    .map((thread) => ({ thread, messages: said.get(thread.id)!, place: places.get(thread.id) }))
    .sort((a, b) => before(a.place, b.place) || older(a.thread, b.thread));
}

const before = (a = Infinity, b = Infinity) => (a === b ? 0 : a - b);

function older(a: Thread | Message, b: Thread | Message): number {
  return Date.parse(a.created_at) - Date.parse(b.created_at) || (a.id < b.id ? -1 : 1);
}

/** The chosen text as a thread keeps it. */
export function quoteOf(text: string): string {
  const plain = text.replaceAll("\0", "").replace(/\s+/g, " ").trim().toWellFormed();
  if (!plain) return "A picture";
  if (plain.length <= MOST_QUOTE) return plain;
  const end = splitsPair(plain, MOST_QUOTE - 1) ? MOST_QUOTE - 2 : MOST_QUOTE - 1;
  return `${cut(plain, 0, end)}…`;
}

/** "14:02" of today, else "12 Mar, 14:02". */
export function whenSaid(at: string, now = new Date(), locale?: string): string {
  const moment = new Date(at);
  const time: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  if (moment.toDateString() === now.toDateString())
    return new Intl.DateTimeFormat(locale, time).format(moment);
  const year: Intl.DateTimeFormatOptions =
    moment.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", ...year, ...time }).format(moment);
}

export type Answer<Value> = { value: Value } | { wrong: string };

const WORDS = {
  away: "The studio does not answer. What you typed is kept here; try again in a moment.",
  signedOut: "You are signed out. Copy what you typed, reload the page and sign in.",
};

/** GET of the list, or POST of a change below it; never throws. */
export async function ask<Value>(
  documentId: number,
  below = "",
  sent?: Record<string, unknown>,
): Promise<Answer<Value>> {
  const answer = await asking.ask<Value>(`/documents/${documentId}/comments${below}`, sent);
  return answer.is === "ok" ? { value: answer.data } : { wrong: asking.wrongIn(answer, WORDS) };
}
