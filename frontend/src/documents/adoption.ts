/**
 * Unsent changes that are not on the screen yet: those of windows that died, and this one's own when it had to load the
 * document anew. Each is rewritten over what the log has gained since, and then follows what is on the screen.
 */

import { Refused, type Refusal } from "../live/channel";
import type { Kept } from "./pending";
import { following, rebased, type Part, type Queue } from "./queue";
import type { Logged } from "./types";
import type { Wire } from "./wire";

/** Refusals that say nothing about the change: it is sent again. */
export const PASSING = new Set(["down", "timeout", "unavailable", "rate_limited", "busy", "unmatched topic"]);

/** Milliseconds after which nobody remembers what they would take back. */
const FORGOTTEN_MS = 24 * 60 * 60 * 1000;

/** The client, as far as adoption needs it. */
export interface Foster {
  version: () => number;
  /** Another number after each break: what was asked before it counts no more. Undefined: there is no connection. */
  epoch: () => number | undefined;
  unsent: () => Queue;
  receive: (logged: Logged) => void;
  /** Changes that follow all that is on the screen. */
  append: (part: Part) => void;
  rescue: (queue: Queue, refusal: Refusal) => void;
}

export class Adoption {
  parts: readonly Part[] = [];

  constructor(
    private readonly wire: Wire,
    private readonly foster: Foster,
  ) {}

  park(...parts: Part[]): void {
    this.parts = [...this.parts, ...parts.filter(({ queue, turns }) => queue.length > 0 || turns)];
  }

  /** Of several windows only the last one's steps can be taken back: they are not in one order. */
  found(kept: Kept[]): void {
    const parts = kept.flatMap((one) => one.parts);
    const newest = Math.max(Date.now() - FORGOTTEN_MS, ...parts.map(({ turns }) => turns?.at ?? 0));
    this.park(
      ...parts.map((part) => ({ ...part, turns: part.turns?.at === newest ? part.turns : undefined })),
    );
  }

  /** Takes all back, unsent. */
  giveUp(): Queue {
    const all = this.parts.flatMap((part) => part.queue);
    this.parts = [];
    return all;
  }

  /** Brings everything onto the screen. Throws Refused when the server is away; the rest stays parked. */
  async run(): Promise<void> {
    for (let part; (part = this.parts[0]) && this.foster.epoch() !== undefined && this.foster.version() >= 0;)
      await this.integrate(part);
  }

  private async integrate(parked: Part): Promise<void> {
    const epoch = this.foster.epoch();
    const isOver = () => epoch !== this.foster.epoch();
    let part = parked;
    while (part.version !== this.foster.version() && (part.queue.length > 0 || part.turns)) {
      const { ops } = await this.wire.push<{ ops: Logged[] }>("since", { from: part.version });
      if (isOver()) return;
      if (ops[0]?.version !== part.version + 1) {
        const rest = await this.askForHead(part);
        if (!isOver()) this.giveBack(parked, rest);
        return;
      }
      for (const logged of ops) {
        this.foster.receive(logged);
        part = rebased(part, logged);
      }
      if (isOver()) return;
    }
    // From here on nothing can come in between.
    const theirs = following(this.foster.unsent(), part);
    this.unpark(parked);
    this.foster.append(theirs);
  }

  /** Whether the first of a part that can be rewritten no more is in the log already; returns what is not. */
  private async askForHead({ version, queue }: Part): Promise<Queue> {
    const [head, ...rest] = queue;
    if (!head?.sent) return queue;
    try {
      await this.wire.push("update", { change: head.change, version, op_id: head.op_id });
      return rest;
    } catch (error) {
      if (error instanceof Refused && PASSING.has(error.reason)) throw error;
      return queue;
    }
  }

  private giveBack(parked: Part, rest: Queue): void {
    this.unpark(parked);
    const reason = parked.version > this.foster.version() ? "version_ahead" : "too_old";
    const message = "The document has changed too much meanwhile to put this in its place.";
    this.foster.rescue(rest, { reason, message });
  }

  private unpark(part: Part): void {
    this.parts = this.parts.filter((one) => one !== part);
  }
}
