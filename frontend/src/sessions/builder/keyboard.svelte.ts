/** What the keys of the builder do while nobody types. The parts of the page that a key only opens are the page's. */

import { placeOf } from "../../lib/focus";
import { BUILDER_KEYS, type Action } from "../../lib/keymap";
import { FORGOTTEN_AFTER_MS, intent, NumberBuffer } from "../../lib/keys";
import type { Builder } from "./builder.svelte";

export type Opens = Pick<
  Record<Action, () => void>,
  "edit_item" | "search" | "notes" | "planned" | "help" | "print" | "clear"
>;

/** These are ours wherever the focus is (X15). */
const EVERYWHERE = new Set(["f", "p"]);

export class BuilderKeyboard {
  /** The digits of a number that is being typed. */
  typed = $state("");
  private readonly buffer = new NumberBuffer();
  private forgetTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly actions: Partial<Record<Action, () => unknown>>;

  constructor(
    private readonly builder: Builder,
    private readonly opens: Opens,
  ) {
    const { selection, store } = builder;
    this.actions = {
      ...opens,
      select_next: () => selection.step(1, false),
      select_previous: () => selection.step(-1, false),
      page_down: () => selection.step(10, false),
      page_up: () => selection.step(-10, false),
      first: () => selection.step(-Infinity, false),
      last: () => selection.step(Infinity, false),
      extend_next: () => selection.step(1, true),
      extend_previous: () => selection.step(-1, true),
      select_all: () => selection.all(),
      move_down: () => builder.move(1),
      move_up: () => builder.move(-1),
      remove: () => builder.remove(),
      skip: () => builder.toggleSkipped(),
      section: () => {
        if (selection.at !== undefined) builder.naming = { from: builder.picked[0]?.id ?? selection.at };
      },
      revert: () => builder.revert(),
      undo: store.undo,
      redo: store.redo,
      clear: () => this.clear(),
    };
  }

  pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented) return;
    const place = placeOf(event.target);
    const held = `${event.altKey ? "Alt+" : ""}${event.shiftKey && event.key.length > 1 ? "Shift+" : ""}`;
    if (held && place !== "text" && place !== "dialog" && !event.ctrlKey && !event.metaKey) {
      const binding = BUILDER_KEYS.named(held + event.key);
      if (!binding) return;
      event.preventDefault();
      this.actions[binding.do]?.();
      return;
    }
    const open = this.typed && place === "control" ? "open" : place;
    const ours = (event.ctrlKey || event.metaKey) && EVERYWHERE.has(event.key.toLowerCase());
    const meant = intent(event, place === "text" && ours ? "open" : open, BUILDER_KEYS);
    if (!meant) return;
    event.preventDefault();
    if (meant.do === "digit") {
      this.buffer.type(meant.digit, event.timeStamp);
      this.showTyped();
    } else if (meant.do === "enter") this.enter(event.timeStamp);
    else if (meant.do !== "nothing") this.actions[meant.do]?.();
  }

  /** To the number that was typed; without one the line at hand is opened. */
  private enter(now: number): void {
    const number = this.buffer.take(now);
    this.showTyped();
    if (number === undefined) return this.opens.edit_item();
    const item = this.builder.store.items.find(({ position }) => position === number);
    if (item) this.builder.goTo(item);
    else this.builder.store.commands.fail("jump", "go to a number", "There is no such number in the lineup");
  }

  /** One layer each press: the typed number, the notices, several picked, what the page has open. */
  private clear(): void {
    if (this.typed) {
      this.buffer.forget();
      this.showTyped();
    } else if (this.builder.store.commands.dismiss()) return;
    else if (this.builder.toast) this.builder.toast = undefined;
    else if (!this.builder.selection.single()) this.opens.clear();
  }

  private showTyped(): void {
    this.typed = this.buffer.digits;
    clearTimeout(this.forgetTimer);
    if (!this.typed) return;
    this.forgetTimer = setTimeout(() => {
      this.buffer.forget();
      this.typed = "";
    }, FORGOTTEN_AFTER_MS);
  }
}
