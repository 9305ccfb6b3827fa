/** The comments of the document on this page: what is listed, what is being written, and where somebody is among them. */

import { uuid } from "../live/channel";
import { whole } from "../lib/text";
import * as page from "./comments";
import { EMPTY, quoteOf, type Answer, type Book, type Changed, type Message, type Shown } from "./comments";
import { chosenText, freeIn, markingOf, placesOf } from "./comments-marks";
import { sliceText } from "./copying";
import type { DocumentEditor } from "./editor.svelte";
import type { Delta } from "./types";

/** Something that is being typed, and what is wrong with it. Its id stays when it is sent again. */
export class Draft {
  text = $state("");
  problem = $state("");
  busy = $state(false);
  id = uuid();

  constructor(text = "") {
    this.text = text;
  }

  /** It was sent: what is typed next is another one. */
  renew(): void {
    this.text = "";
    this.id = uuid();
  }
}

interface Options {
  documentId: number;
  person: { id: number; name: string };
  editor: DocumentEditor;
  /** Makes a change of the text that is none of its words. */
  mark: (change: Delta) => void;
  may: () => { comment: boolean; manage: boolean };
  ask?: typeof page.ask;
}

const RETRY_MS = 3_000;

export class Comments {
  book = $state.raw<Book>(EMPTY);
  isLoaded = $state(false);
  /** Why the list is not there. */
  wrong = $state("");
  isOpen = $state(false);
  showsResolved = $state(false);
  activeId = $state<string>();
  /** A new thread that is being written; `thread` is its id. */
  opening = $state.raw<{ thread: string; draft: Draft }>();
  /** Own words that are being changed. */
  editing = $state.raw<{ message: string; draft: Draft }>();
  /** For those who do not see it. */
  said = $state("");
  toast = $state.raw<{ message: string; undo?: (() => void) | undefined }>();
  /** Takes the focus to a thread in the panel; set by the panel. */
  onFocus: (id: string | undefined) => void = () => {};

  private readonly replies = new Map<string, Draft>();
  private kept = "";
  private wasClosed = false;
  private since = new Set<string>();
  private retry?: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: Options) {
    const { commenting } = options.editor;
    commenting.onClick = (id) => this.open(id);
    commenting.onCaret = (id, typed) => {
      if (typed) return;
      this.activeId = id;
      if (id && !this.wasClosed && matchMedia("(min-width: 901px)").matches) this.isOpen = true;
    };
  }

  private readonly doc = $derived.by(() => this.options.editor.state?.doc);
  private readonly places = $derived(this.doc ? placesOf(this.doc) : new Map<string, number>());
  readonly all: Shown[] = $derived(page.shown(this.book, this.places));
  readonly listed = $derived(
    this.all.filter(({ thread }) => (thread.resolved_at === null ? true : this.showsResolved)),
  );
  private readonly unresolved = $derived(this.all.filter(({ thread }) => thread.resolved_at === null));
  readonly openIds: ReadonlySet<string> = $derived(new Set(this.unresolved.map(({ thread }) => thread.id)));
  readonly resolvedCount = $derived(this.all.length - this.unresolved.length);

  get mayComment(): boolean {
    return this.options.may().comment;
  }
  mayEdit = (message: Message) => this.mayComment && message.author?.id === this.options.person.id;
  mayDelete = (message: Message) =>
    this.mayComment && (message.author?.id === this.options.person.id || this.options.may().manage);
  /** Whether leaving the page now would lose what was typed. */
  get hasUnsent(): boolean {
    const drafts = [this.opening?.draft, this.editing?.draft, ...this.replies.values()];
    return drafts.some((draft) => !!draft?.text.trim());
  }

  // --- what others say

  /** The whole list; at every join, since nobody tells what was said during a break. */
  async load(): Promise<void> {
    clearTimeout(this.retry);
    this.since = new Set();
    const answer = await this.ask<page.Listed>();
    if ("wrong" in answer) {
      this.wrong = "The comments could not be loaded.";
      this.retry = setTimeout(() => void this.load(), RETRY_MS);
      return;
    }
    this.wrong = "";
    this.book = page.told(this.book, answer.value, this.since);
    this.isLoaded = true;
  }

  stop(): void {
    clearTimeout(this.retry);
  }

  hear = (changed: Changed): void => {
    const { thread, message } = changed;
    const isNew = message && !message.deleted && !this.book.messages.has(message.id);
    for (const one of [thread.id, message?.id]) if (one) this.since.add(one);
    this.book = page.heard(this.book, changed);
    if (isNew && this.isLoaded && message.author?.id !== this.options.person.id)
      this.said = `${nameOf(message)} commented: ${message.text}`;
  };

  // --- writing

  /** Begins a comment on the chosen text, or on the word at the caret. */
  begin = (): void => {
    const { editor } = this.options;
    const { state, commenting } = editor;
    if (!state || !editor.loaded) return;
    if (!this.mayComment) return this.tell("You may read this document, and not comment on it.");
    const here = this.activeId;
    if (state.selection.empty && here && this.isAtCaret(here)) return this.open(here, true);
    const range = chosenText(state);
    if (!range) return this.tell("Choose the text to comment on first.");
    const free = freeIn(state.doc, range, (id) => this.known(id));
    if (typeof free === "string") {
      this.tell("There is a comment on this text: reply to it.");
      return this.open(free, true);
    }
    if (!free) return this.tell("Choose the text to comment on first.");
    commenting.choose(range);
    this.opening = { thread: uuid(), draft: new Draft(this.kept) };
  };

  /** Lets go of it; what was typed is there when the next one is begun. */
  cancel = (): void => {
    this.kept = this.opening?.draft.text ?? "";
    this.end();
  };

  /** First the thread, then the mark in the text: no mark is left without a thread. */
  post = async (): Promise<void> => {
    const { opening } = this;
    const { editor, mark } = this.options;
    const { chosen } = editor.commenting;
    if (!opening || !editor.state || !chosen) return;
    const text = editor.state.doc.slice(...(chosen as [number, number]));
    const quote = quoteOf(sliceText(text));
    const sent = { id: opening.thread, quote, message_id: opening.draft.id };
    if (!(await this.send(opening.draft, "/add", sent, opening.draft.id))) return;
    const now = editor.commenting.chosen;
    const free = now && freeIn(editor.state.doc, now, (id) => this.known(id));
    if (Array.isArray(free)) mark(markingOf(editor.state.doc, free, opening.thread, editor.binding.held));
    this.kept = "";
    this.said = "Comment added.";
    this.activeId = opening.thread;
    this.isOpen = true;
    this.end();
    // What is typed next shall not take the place of what was commented on.
    if (now) editor.show(now[1], true, "nearest");
  };

  replyTo(id: string): Draft {
    const draft = this.replies.get(id) ?? new Draft();
    this.replies.set(id, draft);
    return draft;
  }

  reply = async (id: string): Promise<void> => {
    const draft = this.replyTo(id);
    if (!(await this.send(draft, `/${id}/reply`, { id: draft.id }, draft.id))) return;
    draft.renew();
    this.said = "Reply added.";
  };

  edit(message: Message): void {
    this.editing = { message: message.id, draft: new Draft(message.text) };
  }

  saveEdit = async (): Promise<void> => {
    const { editing } = this;
    if (!editing || !(await this.send(editing.draft, `/messages/${editing.message}/edit`, {}))) return;
    this.editing = undefined;
    this.said = "Comment changed.";
  };

  remove = async (message: Message, deleted = true): Promise<void> => {
    const done = await this.change(`/messages/${message.id}/delete`, { deleted });
    if (!done) return;
    if (deleted) this.toast = { message: "Comment deleted.", undo: () => void this.remove(message, false) };
    else this.open(message.thread_id, true);
  };

  resolve = async (id: string, resolved = true): Promise<void> => {
    if (!(await this.change(`/${id}/resolve`, { resolved }))) return;
    if (resolved) this.toast = { message: "Resolved.", undo: () => void this.resolve(id, false) };
    else this.open(id, true);
  };

  // --- going about

  /** Shows a thread beside the text. */
  open(id: string, focus = false): void {
    this.wasClosed = false;
    this.activeId = id;
    this.isOpen = true;
    if (focus) this.onFocus(id);
  }

  toggle = (): void => {
    if (this.isOpen) return this.close();
    this.wasClosed = false;
    this.isOpen = true;
    this.onFocus(this.activeId);
  };

  close = (): void => {
    this.isOpen = false;
    this.wasClosed = true;
    this.options.editor.focus();
  };

  /** The next thread of the text, or the one before; round and round. */
  go(by: 1 | -1, focus = false): void {
    const { state } = this.options.editor;
    const rows = focus ? this.listed : this.unresolved.filter(({ place }) => place !== undefined);
    if (!rows.length || !state) return this.tell("There are no comments.");
    const active = rows.findIndex(({ thread }) => thread.id === this.activeId);
    const caret = state.selection.from;
    const after = rows.findIndex(({ place }) => (place ?? Infinity) > caret);
    const beside = by > 0 ? (after < 0 ? 0 : after) : (after < 0 ? rows.length : after) - 1;
    const index = (active < 0 ? beside : active + by + rows.length) % rows.length;
    const row = rows.at(index)!;
    this.visit(row, focus);
    const first = row.messages[0]!;
    this.said = `Comment ${((index + rows.length) % rows.length) + 1} of ${rows.length}: “${row.thread.quote}”. ${nameOf(first)}: ${first.text}`;
  }

  /** Goes to the text of a thread; with `focus` to the thread itself, and the text is shown. */
  visit({ thread, place }: Shown, focus = false): void {
    if (place !== undefined) this.options.editor.show(place, !focus);
    this.open(thread.id, focus);
  }

  /** From the panel back to the text. */
  back = (): void => {
    const row = this.all.find(({ thread }) => thread.id === this.activeId);
    if (row?.place !== undefined) this.options.editor.show(row.place, true);
    else this.options.editor.focus();
  };

  private end(): void {
    this.opening = undefined;
    this.options.editor.commenting.choose(undefined);
    this.options.editor.focus();
  }

  private known(id: string): "open" | "resolved" | undefined {
    if (this.openIds.has(id)) return "open";
    return this.all.some(({ thread }) => thread.id === id) ? "resolved" : undefined;
  }

  private isAtCaret(id: string): boolean {
    const { editor } = this.options;
    return editor.state !== undefined && editor.commenting.threadAtCaret() === id;
  }

  private tell(message: string): void {
    this.toast = { message };
  }

  /** Sends what was typed. What was sent before and had arrived is brought up to what is typed now. */
  private async send(
    draft: Draft,
    below: string,
    sent: Record<string, unknown>,
    made?: string,
  ): Promise<boolean> {
    const text = whole(draft.text).trim();
    draft.problem = text ? "" : "Write something first.";
    if (!text || draft.busy) return false;
    draft.busy = true;
    let answer = await this.ask<Changed>(below, { ...sent, text });
    const stored = "value" in answer ? answer.value.message : null;
    if (made && stored && stored.text !== text)
      answer = await this.ask<Changed>(`/messages/${made}/edit`, { text });
    draft.busy = false;
    if ("wrong" in answer) draft.problem = answer.wrong;
    else this.hear(answer.value);
    return "value" in answer;
  }

  private async change(below: string, sent: Record<string, unknown>): Promise<boolean> {
    const answer = await this.ask<Changed>(below, sent);
    if ("wrong" in answer) this.tell(answer.wrong);
    else this.hear(answer.value);
    return "value" in answer;
  }

  private ask<Value>(below?: string, sent?: Record<string, unknown>): Promise<Answer<Value>> {
    return (this.options.ask ?? page.ask)<Value>(this.options.documentId, below, sent);
  }
}

export const nameOf = (said: { author: page.Author | null }): string => said.author?.name ?? "Somebody";
