/** What is suggested in the document that an editor holds, and what becomes of it. */

import type { Node } from "@tiptap/pm/model";
import type { EditorState } from "@tiptap/pm/state";
import type { Binding } from "./binding";
import type { SuggestionAct } from "./keyboard";
import { unitOf } from "./lines";
import { resolved, suggestionsIn, type Suggestion, type Verdict } from "./suggestions";
import { contentsOf, hasSuggestions, suggestionAt } from "./suggestions-found";
import { SuggestionMode } from "./suggestions-mode";
import type { Right } from "./types";

interface Held {
  state: EditorState | undefined;
  binding: Binding;
  jump(unit: number): void;
  focus(): void;
}

/** Milliseconds for which a word stands there. */
const WORD_MS = 6000;

export class SuggestionDesk {
  suggesting = $state(false);
  /** Whether the list is open. */
  isOpen = $state(false);
  all = $state.raw<Suggestion[]>([]);
  /** Why something was not done. */
  word = $state("");
  right = $state<Right>("read");
  readonly mode: SuggestionMode;
  private timer?: ReturnType<typeof setTimeout>;

  constructor(
    private readonly editor: Held,
    readonly person: number,
  ) {
    this.mode = new SuggestionMode(person);
    this.mode.onRefused = () =>
      this.say(
        this.right === "edit"
          ? "A format cannot be suggested. Switch to Writing to change it."
          : "A format cannot be suggested: it stays as it is.",
      );
  }

  /** The suggestion that the caret is in or beside. */
  readonly current = $derived.by(() => {
    const id = this.editor.state && suggestionAt(this.editor.state);
    return id === undefined ? undefined : this.all.find((one) => one.id === id);
  });

  allow(right: Right): void {
    this.right = right;
    if (right !== "edit") this.suggest(right === "suggest");
  }

  suggest(on: boolean): void {
    this.suggesting = on;
    this.mode.on = on;
  }

  maySettle(verdict: Verdict, one: Suggestion): boolean {
    if (this.right === "edit") return true;
    return this.right === "suggest" && verdict === "reject" && one.author === this.person;
  }

  settle(verdict: Verdict, which: readonly Suggestion[]): void {
    const ids = new Set(which.filter((one) => this.maySettle(verdict, one)).map(({ id }) => id));
    const doc = this.editor.state?.doc;
    if (!doc || !ids.size) return;
    const change = resolved(contentsOf(doc), verdict, (id) => ids.has(id));
    if (change.length && !this.editor.binding.do(change)) this.say("Finish the word you are writing first.");
    this.look(this.editor.state!.doc);
  }

  act(act: SuggestionAct): void {
    const { current } = this;
    if (act === "mode") {
      if (this.right === "edit") this.suggest(!this.suggesting);
    } else if (act === "next" || act === "previous") this.go(act === "next" ? 1 : -1);
    else if (!current) this.say("The caret is in no suggestion.");
    else if (this.maySettle(act, current)) this.settle(act, [current]);
    else this.say("You may take back your own suggestions; others' are settled by who may write.");
  }

  /** To the next one, or the one before; from the end on to the other one. */
  go(by: 1 | -1): void {
    const { state } = this.editor;
    if (!state) return;
    this.look(state.doc);
    if (!this.all.length) return this.say("Nothing is suggested here.");
    const caret = unitOf(state.doc, state.selection.from);
    const from = this.current?.from ?? caret;
    const next =
      by > 0
        ? this.all.find(
            (one) => one.from > from || (one.from === from && one.id !== this.current?.id && from > caret),
          )
        : this.all.findLast((one) => one.from < from);
    this.show(next ?? this.all.at(by > 0 ? 0 : -1)!);
  }

  show(one: Suggestion): void {
    this.editor.jump(one.from);
  }

  /** Looks through the document for what is suggested. */
  look(doc: Node): void {
    const all = hasSuggestions(doc) ? suggestionsIn(contentsOf(doc)) : [];
    if (JSON.stringify(all) !== JSON.stringify(this.all)) this.all = all;
  }

  say(word: string): void {
    this.word = word;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.word = ""), WORD_MS);
  }
}
