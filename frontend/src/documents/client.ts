/**
 * One window's copy of a shared document: what the server has, what is on its way there, and what waits.
 *
 * The screen shows the server's text with the queue of unsent changes upon it. Acknowledgements and others' changes are
 * taken in the order of their versions, however they arrive; the first of the queue is sent again after each break,
 * rewritten over what was missed, under the id it had. What cannot be done is taken off the screen and given back to its
 * author: nothing that was typed is ever discarded.
 */

import { Refused, uuid, type Refusal } from "../live/channel";
import { Adoption, PASSING } from "./adoption";
import { Arrivals, type Arrived } from "./arrivals";
import { checksum } from "./checksum";
import type { Changed } from "./comments";
import { OwnCursor, RemoteCursors } from "./cursors";
import { insertedText, invert, same } from "./delta";
import type { Kept, Rescued } from "./pending";
import { added, editsOf, walked, type Part, type Queue } from "./queue";
import { Text } from "./text";
import { Timers } from "./timers";
import type { Cursor, Delta, Joined, Logged, Right, View } from "./types";
import { UndoStacks } from "./undo";
import type { Participant, Wire } from "./wire";

/** Milliseconds. */
const SEND_EVERY_MS = 30;
const GAP_MS = 400;
const RETRY_MS = 300;
/** Nobody waits longer than this for the browser's disk before a change is sent. */
const DISK_MS = 250;
/** How often windows that have died are looked for. */
const LOOK_MS = 30_000;
/** A copy that differs once more so soon after it was loaded is not made better by loading it again. */
const DOUBT_MS = 60_000;
/** Refusals in a row after which a server that knows less than this window is believed. */
const PATIENCE = 6;
/** What the server answers at most to one `since`. */
const MOST_AT_ONCE = 1_000;

/** Refusals that end it all. */
const FINAL = new Set(["not_found", "gone", "closed", "reload"]);

/** What the page says about unsent changes. `waiting` counts edits. */
export interface Saved {
  state: "saved" | "saving" | "offline";
  waiting: number;
}

/** Where unsent changes survive the window; `Pending` is one. */
export interface Keeping {
  save(kept: Kept): Promise<void>;
  adopt(take: (found: Kept[]) => void): Promise<void>;
  close(): Promise<void>;
}

export class DocumentClient {
  joined?: Joined;
  right: Right = "read";
  /** Why the document cannot be followed any more. */
  ended?: Refusal;
  /** What stands around the text has changed. */
  onTitle?: (title: string) => void;
  onRight?: (right: Right, manages: boolean) => void;
  onComments?: (changed: Changed) => void;
  /** Changes that could not be done, newest last. */
  rescued: readonly Rescued[] = [];
  /** Everybody's windows, this one's too. */
  people: readonly Participant[] = [];
  /** How often a copy that had gone astray was loaded anew. */
  healed = 0;
  readonly cursors: RemoteCursors;
  readonly undoStacks: UndoStacks;

  private view?: View;
  private listeners: (() => void)[] = [];
  private shadow = Text.of([{ insert: "\n" }]);
  private text = this.shadow;
  private queue: Queue = [];
  private isUp = false;
  private isSending = false;
  private isAsking = false;
  private wantsContents = false;
  private isAdopting = false;
  private behind = 0;
  /** Counts breaks: what was asked before one is answered no more. */
  private epoch = 0;
  private sentAt = -Infinity;
  private pauseUntil = -Infinity;
  private doubtedAt = -Infinity;
  private readonly timers = new Timers();
  private readonly arrivals = new Arrivals();
  private readonly adoption: Adoption;
  private readonly ownCursor = new OwnCursor(() => this.sendCursor());

  constructor(
    private readonly wire: Wire,
    private readonly keeping: Keeping,
  ) {
    this.undoStacks = new UndoStacks((start, end) => this.text.slice(start, end));
    this.cursors = new RemoteCursors({
      version: () => this.version,
      since: (version) => this.arrivals.since(version),
      unsent: () => this.queue.map((unsent) => unsent.change),
    });
    this.adoption = new Adoption(wire, {
      version: () => this.version,
      epoch: () => (this.isUp ? this.epoch : undefined),
      unsent: () => this.queue,
      receive: (logged) => this.receive(logged),
      append: (part) => this.append(part),
      rescue: (queue, refusal) => this.rescue(queue, refusal),
    });
  }

  /** The server's newest version that this window has; -1 before the document is there. */
  get version(): number {
    return this.arrivals.version;
  }

  open(): this {
    this.wire.open({
      since: () => (this.wantsContents || this.version < 0 ? undefined : this.version),
      joined: (answer) => this.onJoined(answer),
      down: () => this.onDown(),
      ended: (refusal) => this.onEnded(refusal),
      heard: (event, payload) => this.onHeard(event, payload),
      present: (windows, people = []) => {
        this.people = people;
        this.cursors.present(windows);
        this.changed();
      },
    });
    return this;
  }

  /** The view is told everything from now on; first the text as it is, if it is there. */
  attach(view: View): void {
    this.view = view;
    if (this.version >= 0) view.reset(this.contents());
  }

  /** Called after everything that a page might show: text, `saved`, rescued texts, cursors, rights. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** What is on the screen. */
  contents(): Delta {
    return this.text.contents();
  }

  get plain(): string {
    return this.text.plain();
  }

  get saved(): Saved {
    const waiting = editsOf(this.queue) + editsOf(this.adoption.parts.flatMap((part) => part.queue));
    return { waiting, state: waiting === 0 ? "saved" : this.isUp ? "saving" : "offline" };
  }

  /** Whether leaving the page now would leave changes behind that nobody else has. */
  get mustNotClose(): boolean {
    return this.saved.waiting > 0;
  }

  /** A change made on the screen; it is there already. Throws NoChange for what can be none. */
  edit(change: Delta): void {
    if (this.version < 0) throw new Error("The document is not there yet.");
    if (change.length === 0) return;
    const after = this.text.apply(change);
    // Before the text is another one: the inverse is read from it.
    this.undoStacks.edited(change);
    this.do(change, after);
  }

  /** A change of this window's that is none of its words, such as the mark of a comment: undo does not take it back. */
  mark(change: Delta): void {
    this.queue = added(this.queue, change);
    this.show(change);
    void this.keep();
    this.flush();
    this.changed();
  }

  undo(): boolean {
    return this.turn(this.undoStacks.undo());
  }

  redo(): boolean {
    return this.turn(this.undoStacks.redo());
  }

  select(anchor: number, head: number): void {
    this.ownCursor.select(anchor, head);
    this.sendCursor();
  }

  /** Its author has seen it, or used it. */
  dismiss(id: string): void {
    this.rescued = this.rescued.filter((one) => one.id !== id);
    void this.keep();
    this.changed();
  }

  /** Compares this copy with what another one's `checksum` is at a version; a copy that differs is loaded anew. */
  check(version: number, crc: number): void {
    if (version !== this.version || Date.now() - this.doubtedAt < DOUBT_MS) return;
    const own = this.checksum();
    if (own === crc) return;
    this.doubtedAt = Date.now();
    this.wire.tell("diverged", { version, crc: own });
    this.heal();
  }

  /** Of what the server has at `version`; nothing unsent is in it. */
  checksum(): number {
    return checksum(this.shadow.contents());
  }

  async close(): Promise<void> {
    this.onDown();
    this.ownCursor.stop();
    this.wire.close();
    await this.keep();
    await this.keeping.close();
  }

  // --- the screen

  private do(change: Delta, after: Text): void {
    this.text = after;
    this.queue = added(this.queue, change);
    this.cursors.changed(change);
    void this.keep();
    this.flush();
    this.changed();
  }

  private turn(change: Delta | undefined): boolean {
    if (!change) return false;
    this.do(change, this.text.apply(change));
    this.view?.apply(change);
    return true;
  }

  /** A change that this window did not make by hand appears. */
  private show(change: Delta): void {
    if (change.length === 0) return;
    this.undoStacks.remote(change);
    this.text = this.text.apply(change);
    this.cursors.changed(change);
    this.ownCursor.changed(change);
    this.view?.apply(change);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }

  // --- coming and going

  private onJoined(answer: Joined): void {
    this.isUp = true;
    this.epoch += 1;
    this.joined = answer;
    // It may have become another one since the page was made, or while the network was away.
    this.rightChanged(answer);
    this.cursors.ownWindow = answer.window;
    if (answer.contents && !this.isBehind(answer)) this.load(answer);
    else if (!answer.contents) {
      this.behind = 0;
      for (const logged of answer.missed ?? []) this.receive(logged);
    }
    this.ownCursor.again();
    if ((answer.missed?.length ?? 0) >= MOST_AT_ONCE) void this.ask();
    this.flush();
    void this.adopt();
    this.changed();
  }

  /** A server that has just started may not have heard of the newest version yet: it is asked again, for a while. */
  private isBehind({ version }: Joined): boolean {
    if (version >= this.version) return false;
    this.behind += 1;
    if (this.behind >= PATIENCE) return false;
    this.timers.later("rejoin", RETRY_MS, () => this.wire.rejoin());
    return true;
  }

  /** The whole document anew. What was not sent is rewritten over what came in between, and shown again. */
  private load({ contents, at, missed = [], version }: Joined): void {
    this.adoption.park({ version: this.version, queue: this.queue });
    let text = Text.of(contents!);
    const recent = at === undefined ? [] : missed.map((logged) => logged.change);
    for (const change of recent) text = text.apply(change);
    this.arrivals.restart(version, recent);
    this.shadow = this.text = text;
    this.queue = [];
    this.wantsContents = false;
    this.behind = 0;
    this.undoStacks.clear();
    this.cursors.clear();
    this.view?.reset(this.contents());
    this.drain();
  }

  private onDown(): void {
    this.isUp = this.isSending = this.isAsking = false;
    this.epoch += 1;
    this.timers.stop();
    // What came before the break comes again with the answer to the next join.
    this.arrivals.forget();
    this.changed();
  }

  private onEnded(refusal: Refusal): void {
    this.ended = refusal;
    this.onDown();
    if (refusal.reason !== "gone" && refusal.reason !== "not_found") return;
    // It will never be sent: its author has it back at once.
    const lost = [...this.adoption.giveUp(), ...this.queue];
    this.queue = [];
    this.rescue(lost, refusal);
  }

  private onHeard(event: string, payload: never): void {
    if (event === "remote_update") this.receive(payload as Logged);
    else if (event === "remote_cursor") this.cursors.heard(payload as Cursor);
    else if (event === "right_changed") this.rightChanged(payload);
    else if (event === "title_changed") this.onTitle?.((payload as { title: string }).title);
    else if (event === "comments_changed") this.onComments?.(payload);
    else if (event === "checksum") {
      const { version, crc } = payload as { version: number; crc: number };
      this.check(version, crc);
    } else if (event === "document_deleted")
      this.onEnded({ reason: "gone", message: "This document was deleted." });
    this.changed();
  }

  private rightChanged({ right, manages }: { right: Right; manages: boolean }): void {
    this.right = right;
    this.onRight?.(right, manages);
  }

  // --- versions in order

  private receive(arrived: Arrived): void {
    this.arrivals.hold(arrived);
    this.drain();
  }

  private drain(): void {
    if (this.version < 0) return;
    for (let next; (next = this.arrivals.next());) if (!this.take(next)) return this.heal();
    if (!this.arrivals.hasGap) this.timers.cancel("gap");
    else this.timers.later("gap", GAP_MS, () => void this.ask());
    this.cursors.advanced();
    this.flush();
  }

  /** The next operation of the log. False: this copy has gone astray. */
  private take({ op_id, version, change }: Arrived): boolean {
    const own = this.queue.findIndex((unsent) => unsent.op_id === op_id);
    if (own === 0) {
      const [acknowledged, ...rest] = this.queue;
      if (change && !same(change, acknowledged!.change)) return false;
      this.queue = rest;
      this.advance(version, acknowledged!.change);
      this.isSending = false;
      void this.keep();
    } else {
      if (!change) return false;
      // Adopted from a window whose change was still under way: what came before it gives way.
      if (own > 0) this.takeOff(own);
      const { queue, shown } = walked(this.queue, change);
      this.queue = queue;
      this.advance(version, change);
      this.show(shown);
    }
    return true;
  }

  private advance(version: number, change: Delta): void {
    this.arrivals.taken(version, change);
    this.shadow = this.shadow.apply(change);
  }

  /** Asks for what is missing up to the newest. */
  private async ask(): Promise<void> {
    if (this.isAsking || !this.isUp) return;
    this.isAsking = true;
    const { epoch } = this;
    try {
      for (let more = true; more;) {
        const { ops } = await this.wire.push<{ ops: Logged[] }>("since", { from: this.version });
        if (epoch !== this.epoch) return;
        // The log begins later than this copy ends.
        if (ops.length > 0 && ops[0]!.version > this.version + 1) return this.heal();
        for (const logged of ops) this.receive(logged);
        more = ops.length >= MOST_AT_ONCE;
      }
    } catch (error) {
      // Asked again when the connection is back, or with the next gap.
      if (epoch === this.epoch && !(error instanceof Refused)) throw error;
    } finally {
      if (epoch === this.epoch) this.isAsking = false;
    }
    this.flush();
    if (this.arrivals.hasGap) this.timers.later("gap", GAP_MS, () => void this.ask());
  }

  /** Loads the document anew: this copy cannot be brought up to date, or is not what the others have. */
  private heal(): void {
    this.healed += 1;
    this.wantsContents = true;
    this.wire.rejoin();
  }

  // --- sending

  private flush(): void {
    while (this.queue[0] && !this.queue[0].sent && this.queue[0].change.length === 0)
      this.queue = this.queue.slice(1);
    this.sendCursor();
    const head = this.queue[0];
    if (!head || !this.isUp || this.isSending || this.isAsking || this.wantsContents || this.version < 0)
      return;
    const wait = Math.max(this.sentAt + SEND_EVERY_MS, this.pauseUntil) - Date.now();
    if (wait > 0) this.timers.later("send", wait, () => this.flush());
    else void this.send(head.op_id);
  }

  private async send(opId: string): Promise<void> {
    this.isSending = true;
    this.queue = this.queue.map((one, index) => (index === 0 ? { ...one, sent: true } : one));
    const { epoch } = this;
    // Written down with its id before anybody can know it: a reload in between must not do it twice.
    await Promise.race([this.keep(), new Promise((over) => setTimeout(over, DISK_MS))]);
    const head = this.queue[0];
    if (epoch !== this.epoch || head?.op_id !== opId) return;
    this.sentAt = Date.now();
    const payload = { change: head.change, version: this.version, op_id: opId };
    try {
      const reply = await this.wire.push<{ version: number; retry_after_ms?: number }>("update", payload);
      if (epoch !== this.epoch) return;
      this.behind = 0;
      if (reply.retry_after_ms) this.pauseUntil = Date.now() + reply.retry_after_ms;
      // Nothing may be sent until its turn has come: `take` ends the sending.
      this.receive({ op_id: opId, version: reply.version });
      // Behind us, and yet in the queue: this copy passed its own change without knowing it.
      if (this.queue[0]?.op_id === opId && reply.version <= this.version) this.heal();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (epoch === this.epoch && this.queue[0]?.op_id === opId) this.refused(error.refusal);
    }
    this.changed();
  }

  private refused(refusal: Refusal): void {
    this.isSending = false;
    const { reason } = refusal;
    if (FINAL.has(reason)) return this.onEnded(refusal);
    if (reason === "unmatched topic") return this.wire.rejoin();
    if (reason === "version_ahead" || reason === "too_old") {
      this.behind += 1;
      if (this.behind >= PATIENCE) return this.heal();
      this.pauseUntil = Date.now() + RETRY_MS;
      // Of a server that knows less than we do there is nothing to ask; it learns by itself.
      if (reason === "too_old") return void this.ask();
    } else if (PASSING.has(reason)) this.pauseUntil = Date.now() + RETRY_MS;
    else {
      const head = this.queue[0]!;
      this.takeOff(0);
      this.rescue([head], refusal);
    }
    this.flush();
  }

  /** Takes an unsent change off the screen, as if it had never been made. */
  private takeOff(index: number): void {
    let before = this.shadow;
    for (const { change } of this.queue.slice(0, index)) before = before.apply(change);
    const inverse = invert(this.queue[index]!.change, (start, end) => before.slice(start, end));
    const after = walked(this.queue.slice(index + 1), inverse);
    this.queue = [...this.queue.slice(0, index), ...after.queue];
    this.show(after.shown);
    // They would take back what is not there, too.
    this.undoStacks.clear();
    void this.keep();
  }

  /** Gives changes back to their author. */
  private rescue(queue: Queue, { reason, message }: Refusal): void {
    const at = Date.now();
    const given = queue
      .filter(({ change }) => change.length > 0)
      .map(({ change }) => ({ id: uuid(), change, text: insertedText(change), reason, message, at }));
    this.rescued = [...this.rescued, ...given];
    void this.keep();
    this.changed();
  }

  private sendCursor(): void {
    if (!this.isUp || this.isSending || this.version < 0) return;
    // Others know nothing of what waits: the place is told as it is without it.
    const place = this.ownCursor.take(this.queue.map((unsent) => unsent.change));
    if (place) this.wire.tell("cursor_update", { ...place, version: this.version });
  }

  // --- what survives

  private keep(): Promise<void> {
    const turns = this.undoStacks.kept;
    const own: Part[] =
      this.queue.length > 0 || turns ? [{ version: this.version, queue: this.queue, turns }] : [];
    return this.keeping.save({ parts: [...this.adoption.parts, ...own], rescued: this.rescued });
  }

  /** Looks for what dead windows left, and brings it onto the screen. */
  private async adopt(): Promise<void> {
    if (this.isAdopting) return;
    this.isAdopting = true;
    try {
      await this.keeping.adopt((found) => {
        this.adoption.found(found);
        this.rescued = [...found.flatMap((kept) => kept.rescued), ...this.rescued];
        void this.keep();
      });
      await this.adoption.run();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (this.isUp) this.timers.later("adopt soon", RETRY_MS, () => void this.adopt());
    } finally {
      this.isAdopting = false;
    }
    if (this.isUp) this.timers.later("adopt", LOOK_MS, () => void this.adopt());
  }

  private append({ queue, turns }: Part): void {
    for (const unsent of queue) {
      // First the queue: the view may answer with an edit.
      this.queue = [...this.queue, unsent];
      this.show(unsent.change);
    }
    if (turns) this.undoStacks.restore(turns);
    void this.keep();
    this.flush();
    this.changed();
  }
}
