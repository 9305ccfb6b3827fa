/**
 * Real clients of one document: the phoenix client over WebSocket, typing at random while their connections break.
 *
 * On stdin a line `stop` ends the typing. On stdout a JSON line each: `ready` when all have joined, `middle` when
 * half of the time is over, `done` when all have come to rest, with each client's text as a checksum and which of its changes were acknowledged.
 */

import { createInterface } from "node:readline";
import Socket from "ws";
import { connect } from "../src/live/connection";
import { checksum } from "../src/documents/checksum";
import { DocumentClient } from "../src/documents/client";
import { splitsPair } from "../src/documents/delta";
import { MemoryBrowser, Pending } from "../src/documents/pending";
import type { Delta, Op } from "../src/documents/types";
import { PhoenixWire } from "../src/documents/wire";

interface Options {
  documentId: number;
  /** One client each: a server's address, such as `http://127.0.0.1:4000`, and a sign-in cookie. */
  clients: { url: string; cookie: string }[];
  seconds: number;
  /** Milliseconds between two edits of one client, on average. */
  pauseMs: number;
  /** How often a second a client's connection is cut, on average. */
  cutsPerSecond: number;
  /** Which share of changes is sent twice. */
  twice: number;
  /** Each types letters on and on, at a place of its own, instead of doing anything anywhere. */
  steady?: boolean;
}

const tell = (what: string, rest: object = {}) => console.log(JSON.stringify({ what, ...rest }));
const pause = (milliseconds: number) => new Promise((over) => setTimeout(over, milliseconds));

/** Milliseconds that the clients have for coming to rest. */
const PATIENCE_MS = 60_000;

class Typist {
  readonly client: DocumentClient;
  readonly acknowledged: string[] = [];
  readonly refused: string[] = [];
  edits = 0;
  cuts = 0;
  private readonly sockets = new Set<Socket>();
  private readonly live;

  /** Where a steady one types next. */
  private place?: number;

  constructor(
    browser: MemoryBrowser,
    { documentId, twice }: Options,
    url: string,
    cookie: string,
    person: number,
  ) {
    const { sockets } = this;
    class Signed extends Socket {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(address, protocols, { headers: { cookie }, origin: url });
        sockets.add(this);
        this.on("close", () => sockets.delete(this));
        // A connection that is refused is tried again.
        this.on("error", () => {});
      }
    }
    this.live = connect({
      path: `${url.replace("http", "ws")}/socket`,
      transport: Signed,
      signedIn: () => Promise.resolve(undefined),
    });
    const wire = new PhoenixWire(this.live, documentId);
    const push = wire.push.bind(wire);
    wire.push = async <Reply>(event: string, payload: Record<string, unknown>): Promise<Reply> => {
      if (event !== "update") return push<Reply>(event, payload);
      if (Math.random() < twice) push(event, payload).catch(() => undefined);
      try {
        const reply = await push<Reply>(event, payload);
        this.acknowledged.push(String(payload.op_id));
        return reply;
      } catch (error) {
        const { reason } = error as { reason: string };
        if (!["down", "timeout"].includes(reason)) this.refused.push(reason);
        throw error;
      }
    };
    this.client = new DocumentClient(wire, new Pending(browser, browser, person, documentId)).open();
  }

  get isOpen(): boolean {
    return this.client.version >= 0;
  }

  act(cutsPerEdit: number): void {
    if (Math.random() < cutsPerEdit) {
      this.cuts += 1;
      for (const socket of this.sockets) socket.terminate();
    }
    const dice = Math.random();
    if (dice < 0.05) return void this.client.undo();
    if (dice < 0.08) return void this.client.redo();
    this.client.edit(someChange(this.client.contents()));
    this.client.select(0, 0);
    this.edits += 1;
  }

  /** The next letter; `share`: of the document, where the first one is. */
  type(share: number): void {
    this.place ??= Math.floor(this.client.plain.length * share);
    this.client.edit([{ retain: this.place }, { insert: this.edits % 6 ? "x" : " " }]);
    this.place += 1;
    this.client.select(this.place, this.place);
    this.edits += 1;
  }

  async close(): Promise<void> {
    await this.client.close();
    this.live.close();
  }
}

/** Typing, mostly; sometimes a deletion, a format or an emoji. */
function someChange(document: Delta): Delta {
  const plain = document.map(({ insert }) => (typeof insert === "string" ? insert : "\ufffc")).join("");
  const last = plain.length - 1;
  const place = Math.floor(Math.random() * plain.length);
  const start = splitsPair(plain, place) ? place - 1 : place;
  let end = Math.min(last, start + Math.floor(Math.random() * 6));
  if (splitsPair(plain, end)) end -= 1;
  const dice = Math.random();
  // A text that grows without end only makes the test slower.
  const deletes = plain.length > 2_000 ? 0.6 : 0.3;
  let op: Op;
  if (end > start && dice < deletes) op = { delete: end - start };
  else if (end > start && dice < deletes + 0.1)
    op = {
      retain: end - start,
      attributes: { [Math.random() < 0.5 ? "bold" : "italic"]: Math.random() < 0.7 || null },
    };
  else op = { insert: ["a", "word ", "é", "👍🏽", "\n"][Math.floor(Math.random() * 5)]! };
  return start > 0 ? [{ retain: start }, op] : [op];
}

export async function run(options: Options): Promise<void> {
  let stopped = false;
  createInterface({ input: process.stdin }).on("line", (line) => (stopped ||= line === "stop"));
  const browser = new MemoryBrowser();
  const typists = options.clients.map(
    ({ url, cookie }, index) => new Typist(browser, options, url, cookie, index),
  );
  while (!typists.every((typist) => typist.isOpen)) await pause(20);
  tell("ready");
  const middle = pause(options.seconds * 500).then(() => tell("middle"));
  const until = Date.now() + options.seconds * 1000;
  const cutsPerEdit = (options.cutsPerSecond * options.pauseMs) / 1000;
  const typing = async (typist: Typist, index: number) => {
    while (!stopped && Date.now() < until) {
      if (options.steady) typist.type((index + 1) / (typists.length + 1));
      else typist.act(cutsPerEdit);
      await pause(Math.random() * 2 * options.pauseMs);
    }
  };
  await Promise.all([middle, ...typists.map(typing)]);
  const rested = await settled(typists);
  tell("done", {
    rested,
    clients: typists.map(({ client, acknowledged, refused, edits, cuts }) => ({
      version: client.version,
      checksum: checksum(client.contents()),
      contents: client.contents(),
      acknowledged: [...new Set(acknowledged)],
      refused,
      rescued: client.rescued,
      healed: client.healed,
      waiting: client.saved.waiting,
      edits,
      cuts,
    })),
  });
  for (const typist of typists) await typist.close();
}

/** Waits until nothing is unsent and all have the same version. */
async function settled(typists: Typist[]): Promise<boolean> {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const versions = new Set(typists.map(({ client }) => client.version));
    if (versions.size === 1 && typists.every(({ client }) => client.saved.waiting === 0)) return true;
    await pause(50);
  }
  return false;
}
