/** What this page has asked of the server: what is on its way, and what has not been done. No DOM, no socket. */

import type { Status } from "../live/connection";
import { edge, neighbour, type Lineup } from "./passing";

/** Milliseconds a good network does not need: before that nothing is shown, so nothing flickers. */
export const SLOW_AFTER_MS = 150;
export const FAILURE_STAYS_MS = 8_000;
/** Milliseconds after an answer in which its news must have come, or a new snapshot has taken its place. */
const NEWS_WITHIN_MS = 5_000;

export interface Command {
  id: number;
  event: string;
  /** In words: `next product`, `jump to 99`. */
  what: string;
  /** The line it leads to. */
  itemId: number | undefined;
}

export interface Failure {
  id: number;
  /** Those that are done the same way: the next that works takes the notice away. */
  kind: string;
  text: string;
}

const MOVES = new Set(["jump", "next", "previous", "first", "last", "go"]);
const WORDS: Readonly<Record<string, string>> = {
  next: "next product",
  previous: "product before",
  first: "first product",
  last: "last product",
  next_image: "next picture",
  previous_image: "picture before",
  send_message: "message to the host",
  ack_message: "message seen",
  pin_question: "question to the host",
  clear_question: "question off the host's screen",
  show_card: "show the card",
  hide_card: "hide the card",
  override_item: "change of a product",
  override_items: "change of products",
  add_items: "add products",
  move_items: "move products",
  remove_items: "remove products",
  revert_items: "back to the products",
  update_settings: "change of the settings",
  flash_price: "flash price",
  extend_flash: "more time for the flash price",
  end_flash: "end of the flash price",
  approve_flash: "yes to the flash price",
  decline_flash: "no to the flash price",
};

/** A command as a person would say it. */
export function inWords(event: string, payload: Readonly<Record<string, unknown>> = {}): string {
  if (event === "jump") return `jump to ${String(payload.number)}`;
  return WORDS[event] ?? event.replaceAll("_", " ");
}

const kindOf = (event: string): string => (MOVES.has(event) ? "move" : event);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export class Commands {
  /** On their way: not answered, or answered and their news is not here yet. */
  underway = $state.raw<readonly Command[]>([]);
  /** Those of them that take long enough to be told. */
  slow = $state.raw<readonly Command[]>([]);
  failures = $state.raw<readonly Failure[]>([]);
  /** The line the show is on its way to, once that takes long. */
  heading = $derived(this.slow.findLast(({ itemId }) => itemId !== undefined)?.itemId);

  private version = -1;
  private waiting: { version: number; arrived: () => void }[] = [];
  private ids = 0;

  begin(event: string, what: string, itemId?: number): Command {
    const command: Command = { id: (this.ids += 1), event, what, itemId };
    this.underway = [...this.underway, command];
    setTimeout(() => {
      if (this.underway.includes(command)) this.slow = [...this.slow, command];
    }, SLOW_AFTER_MS);
    return command;
  }

  /** The line a move leads to, from where those before it lead. */
  destination(event: string, number: unknown, lineup: Lineup, onAir: number | undefined): number | undefined {
    const { items } = lineup;
    if (event === "jump") return items.find(({ position }) => position === number)?.id;
    if (event === "first" || event === "last") return edge(lineup, event === "first" ? 1 : -1)?.id;
    if (event !== "next" && event !== "previous") return undefined;
    const from = this.underway.findLast(({ itemId }) => itemId)?.itemId ?? onAir;
    const place = items.findIndex(({ id }) => id === from);
    return place < 0 ? undefined : neighbour(lineup, place, event === "next" ? 1 : -1)?.id;
  }

  /** It was done, as this version of the session. Resolves when that version has come. */
  async done(command: Command, version: number): Promise<void> {
    const kind = kindOf(command.event);
    this.failures = this.failures.filter((failure) => failure.kind !== kind);
    if (version > this.version) await this.news(version);
    this.end(command);
  }

  /** It was refused, or nobody knows. */
  failed(command: Command, sentence: string): void {
    this.end(command);
    this.fail(command.event, command.what, sentence);
  }

  /** It came to nothing, and that is told elsewhere. */
  end(command: Command): void {
    this.underway = this.underway.filter((one) => one !== command);
    this.slow = this.slow.filter((one) => one !== command);
  }

  /** Says what was not done and why; one notice of a kind at a time. */
  fail(event: string, what: string, sentence: string): void {
    const failure = { id: (this.ids += 1), kind: kindOf(event), text: `${capital(what)}: ${sentence}` };
    this.failures = [...this.failures.filter(({ kind }) => kind !== failure.kind), failure];
    setTimeout(() => this.forget(failure), FAILURE_STAYS_MS);
  }

  /** Takes the notices away; whether there were any. */
  dismiss(): boolean {
    const any = this.failures.length > 0;
    this.failures = [];
    return any;
  }

  /** Everything up to this version is on the page. */
  arrived(version: number): void {
    if (version <= this.version) return;
    this.version = version;
    const [come, rest] = [[] as typeof this.waiting, [] as typeof this.waiting];
    for (const one of this.waiting) (one.version <= version ? come : rest).push(one);
    this.waiting = rest;
    come.forEach((one) => one.arrived());
  }

  private news(version: number): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push({ version, arrived: resolve });
      setTimeout(resolve, NEWS_WITHIN_MS);
    });
  }

  private forget(failure: Failure): void {
    this.failures = this.failures.filter((one) => one !== failure);
  }
}

/** What the edge of the console says of them. */
export function onItsWay(slow: readonly Command[], status: Status): string {
  if (slow.length === 0) return "";
  if (status !== "connected") return `${slow.length} waiting for the connection`;
  const others = slow.length - 1;
  return `Sending: ${slow[0]!.what}${others > 0 ? ` and ${others} more` : ""}…`;
}
