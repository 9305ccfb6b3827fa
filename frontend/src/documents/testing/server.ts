/**
 * A server of documents in memory, by the rules of `cuelight/documents/state.py`, and wires to it that lose, delay,
 * repeat and break. Time is the test's: everything waits on `setTimeout`.
 */

import { Refused } from "../../live/channel";
import { grown, length, same, transform } from "../delta";
import { Text } from "../text";
import type { Delta, Joined, Logged, Right } from "../types";
import { noAnswer, type Wire, type WireEvents } from "../wire";

const TAIL = 256;
export const MOST_AT_ONCE = 1_000;

interface Entry extends Logged {
  /** As it was sent first, to know a repeat by. */
  sent: { change: Delta; base: number };
}

export class SimulatedServer {
  log: Entry[] = [];
  text: Text;
  readonly wires = new Set<SimulatedWire>();
  /** Changes with this text in them are refused. */
  refuses = "";
  /** Ops before this version are gone from the log. */
  floor = 0;
  tail = TAIL;
  /** How often an operation was accepted that changes nothing on the log any more: the same one again. */
  repeats = 0;
  /** What everybody may do who comes in from now on. */
  right: Right = "edit";
  private windows = 0;

  constructor(readonly base: Delta = [{ insert: "\n" }]) {
    this.text = Text.of(base);
  }

  get version(): number {
    return this.log.length;
  }

  join(wire: SimulatedWire, since: number | undefined): Joined {
    this.wires.add(wire);
    this.windows += 1;
    const rest = {
      window: `window ${this.windows}`,
      user_id: wire.userId,
      right: this.right,
      manages: false,
      title: "Script",
    };
    if (since !== undefined && since <= this.version && since >= this.floor) {
      const missed = this.since(since);
      return { missed, version: missed.at(-1)?.version ?? since, ...rest };
    }
    return { contents: this.text.contents(), version: this.version, ...rest };
  }

  since(from: number): Logged[] {
    return this.log
      .slice(Math.max(from, this.floor), Math.max(from, this.floor) + MOST_AT_ONCE)
      .map(({ sent: _, ...logged }) => logged);
  }

  update(
    userId: number,
    { change, version: base, op_id }: { change: Delta; version: number; op_id: string },
  ): { version: number } {
    const known = this.log.find((entry) => entry.op_id === op_id);
    if (known) return this.again(known, userId, change, base);
    if (base > this.version) throw refusal("version_ahead");
    if (this.version - base > this.tail || base < this.floor) throw refusal("too_old");
    const missed = this.log.slice(base);
    const before = this.text.length - missed.reduce((total, entry) => total + grown(entry.change), 0);
    fits(change, before);
    if (this.refuses && JSON.stringify(change).includes(this.refuses)) throw refusal("invalid_op");
    let rewritten = change;
    for (const entry of missed) rewritten = transform(entry.change, rewritten, true);
    this.text = this.text.apply(rewritten);
    const logged = { change: rewritten, version: this.version + 1, op_id, user_id: userId };
    this.log.push({ ...logged, sent: { change, base } });
    for (const wire of this.wires) wire.deliver("remote_update", logged);
    return { version: logged.version };
  }

  /** The document from its log, from the beginning. */
  replayed(): Delta {
    return this.log.reduce((text, entry) => text.apply(entry.change), Text.of(this.base)).contents();
  }

  private again(known: Entry, userId: number, change: Delta, base: number): { version: number } {
    const isSame = base === known.sent.base && same(change, known.sent.change);
    if (known.user_id !== userId || (!isSame && base >= known.version)) throw refusal("op_id_reused");
    for (const entry of isSame ? [] : this.log.slice(base, known.version - 1))
      change = transform(entry.change, change, true);
    if (!isSame && !same(change, known.change)) throw refusal("op_id_reused");
    this.repeats += 1;
    return { version: known.version };
  }
}

/** Milliseconds until a message arrives; undefined: it is lost, and so is the connection. */
export type Weather = () => number | undefined;

export class SimulatedWire implements Wire {
  private events!: WireEvents;
  private line = 0;
  private isJoined = false;
  private closed = false;
  private waiting = new Set<(error: Refused) => void>();
  /** What was pushed, oldest first. */
  readonly pushed: { event: string; payload: Record<string, unknown> }[] = [];
  /** How often each message arrives. */
  copies = () => 1;
  /** Answers a push in the server's place. */
  intercept?: (event: string, payload: Record<string, unknown>) => unknown;
  /** While true no join succeeds. */
  isCut = false;

  constructor(
    private readonly server: SimulatedServer,
    readonly userId: number,
    private readonly weather: Weather = () => 1,
  ) {}

  open(events: WireEvents): void {
    this.events = events;
    this.join();
  }

  push<Reply>(event: string, payload: Record<string, unknown>): Promise<Reply> {
    payload = structuredClone(payload);
    this.pushed.push({ event, payload });
    return new Promise((resolve, reject) => {
      if (!this.isJoined) return reject(noAnswer("down"));
      this.waiting.add(reject);
      const arrive = () => {
        const answer = this.answer(event, payload);
        this.travel(() => {
          if (!this.waiting.delete(reject)) return;
          if (answer instanceof Refused) reject(answer);
          else resolve(answer as Reply);
        });
      };
      for (let copy = 0; copy < this.copies(); copy += 1) this.travel(arrive, true);
    });
  }

  tell(event: string, payload: Record<string, unknown>): void {
    this.pushed.push({ event, payload: structuredClone(payload) });
  }

  deliver(event: string, payload: object): void {
    const copy = structuredClone(payload);
    this.travel(() => this.events.heard(event, copy as never));
  }

  present(windows: string[]): void {
    this.events.present(new Set(windows));
  }

  rejoin(): void {
    this.drop();
  }

  drop(): void {
    if (this.closed) return;
    this.leave();
    this.events.down();
    const line = this.line;
    setTimeout(() => line === this.line && !this.closed && this.join(), 20);
  }

  /** The server puts it out for good. */
  end(reason: string): void {
    this.close();
    this.events.ended({ reason, message: reason });
  }

  close(): void {
    this.leave();
    this.closed = true;
  }

  /** The window is gone: what it sent still arrives, and it hears nothing any more. */
  kill(): void {
    this.close();
    this.events.down();
  }

  private join(): void {
    if (this.isCut) {
      setTimeout(() => !this.closed && !this.isJoined && this.join(), 50);
      return;
    }
    const since = this.events.since();
    this.travel(() => {
      const answer = structuredClone(this.server.join(this, since));
      this.travel(() => {
        this.isJoined = true;
        this.events.joined(answer);
      });
    });
  }

  private leave(): void {
    this.line += 1;
    this.isJoined = false;
    this.server.wires.delete(this);
    for (const reject of [...this.waiting]) reject(noAnswer("down"));
    this.waiting.clear();
  }

  private answer(event: string, payload: Record<string, unknown>): unknown {
    try {
      const instead = this.intercept?.(event, payload);
      if (instead !== undefined) return instead;
      if (event === "since")
        return {
          ops: structuredClone(this.server.since(payload.from as number)),
          version: this.server.version,
        };
      return this.server.update(this.userId, payload as never);
    } catch (error) {
      if (error instanceof Refused) return error;
      throw error;
    }
  }

  /** What has left for the server arrives though the connection breaks meanwhile. */
  private travel(arrive: () => void, toServer = false): void {
    const takes = this.weather();
    if (takes === undefined) return void setTimeout(() => this.drop(), 1);
    const line = this.line;
    setTimeout(() => {
      if (toServer || (!this.closed && line === this.line)) arrive();
    }, takes);
  }
}

export function refusal(reason: string): Refused {
  return new Refused({ reason, message: reason });
}

/** As `delta.validate_fit`. */
function fits(change: Delta, total: number): void {
  let place = 0;
  for (const op of change) {
    place += op.retain ?? op.delete ?? 0;
    if (place > total) throw refusal("out_of_bounds");
    if (place === total && op.retain === undefined) throw refusal("last_newline");
  }
  if (length(change) === 0 && change.length > 0) throw refusal("invalid_op");
}
