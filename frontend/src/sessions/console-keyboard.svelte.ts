/** What the keys of the producer's console do. The parts of the page that a key only opens are the page's own. */

import { placeOf } from "../lib/focus";
import type { Action } from "../lib/keymap";
import { FORGOTTEN_AFTER_MS, intent, NumberBuffer, Throttle, type Intent } from "../lib/keys";
import type { QuestionDesk } from "./question-desk.svelte";
import type { QuickEdit } from "./quick-edit.svelte";
import type { SessionStore } from "./session.svelte";

/** What a key opens or turns on the page itself, by its action. */
export type Opens = Pick<
  Record<Action, () => void>,
  | "message"
  | "quick_edit"
  | "flash"
  | "skip"
  | "question"
  | "question_list"
  | "question_done"
  | "question_dismiss"
  | "hottest"
  | "panic"
  | "alerts"
  | "search"
  | "back_to_on_air"
  | "help"
  | "layout"
  | "settings"
  | "print"
>;

/** A key that is held repeats at most this often, in milliseconds. */
const HELD_EVERY_MS = 125;

export class ConsoleKeyboard {
  /** The digits of a number that is being typed. */
  typed = $state("");
  private readonly buffer = new NumberBuffer();
  private readonly throttle = new Throttle(HELD_EVERY_MS);
  private forgetTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly actions: Partial<Record<Action, () => unknown>>;

  constructor(
    private readonly store: SessionStore,
    private readonly quick: Pick<QuickEdit, "edit" | "close">,
    private readonly desk: Pick<QuestionDesk, "listOpen" | "pickDigit" | "closeList">,
    opens: Opens,
  ) {
    this.actions = {
      next: () => store.drive("next"),
      previous: () => store.drive("previous"),
      first: () => store.drive("first"),
      last: () => store.drive("last"),
      next_image: store.nextImage,
      previous_image: store.previousImage,
      toggle_card: store.toggleCard,
      undo: store.undo,
      redo: store.redo,
      clock: store.toggleClock,
      more_time: () => store.addTime(60),
      less_time: () => store.addTime(-60),
      clear: () => this.clear(),
      ...opens,
    };
  }

  pressed(event: KeyboardEvent): void {
    const place = placeOf(event.target);
    // A number that is being typed is finished by Enter wherever the focus is.
    const meant = intent(event, this.typed && place === "control" ? "open" : place);
    if (!meant) return;
    event.preventDefault();
    if (this.throttle.allows(event.repeat, event.timeStamp)) this.carryOut(meant, event.timeStamp);
  }

  carryOut(meant: Intent, now: number): void {
    // Digits are a product's number; a question's only while the list of them is open (X15).
    if (meant.do === "digit" && this.desk.listOpen) this.desk.pickDigit(Number(meant.digit));
    else if (meant.do === "digit") {
      this.buffer.type(meant.digit, now);
      this.showTyped();
    } else if (meant.do === "enter") this.goTo(this.buffer.take(now));
    else if (meant.do !== "nothing") this.actions[meant.do]?.();
  }

  /** One layer each press: the typed number, the list of questions, what is ready, the notices, the panel, the control reached by Tab. */
  private clear(): void {
    if (this.typed) {
      this.buffer.forget();
      this.showTyped();
    } else if (this.desk.listOpen) this.desk.closeList();
    else if (this.store.armed) void this.store.disarm();
    else if (this.store.commands.dismiss()) return;
    else if (this.quick.edit) this.quick.close();
    else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }

  private goTo(number: number | undefined): void {
    this.showTyped();
    if (number === undefined) void (this.store.armed && this.store.go());
    else if (Number.isNaN(number)) this.store.commands.fail("jump", "jump", "Invalid product number");
    else void this.store.driveTo(number);
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
