/** A Channels V2 server in memory: the official phoenix client speaks to it over real frames. For tests. */

import { connect, type LiveSocket } from "../live/connection";

type Payload = Record<string, unknown>;
type Frame = [joinRef: string | null, ref: string | null, topic: string, event: string, payload: Payload];

export interface Push {
  joinRef: string;
  ref: string;
  topic: string;
  event: string;
  payload: Payload;
}

export class FakeServer {
  /** What a join of each topic is answered: a snapshot, or `{reason}` for a refusal. */
  snapshots: Record<string, Payload> = {};
  refusals: Record<string, Payload> = {};
  joins: string[] = [];
  /** What the last join of each topic carried. */
  params: Record<string, Payload> = {};
  /** Milliseconds after which a join is answered; it subscribes at once. */
  joinTakes = 0;
  /** Pushes in the order they came. */
  pushes: Push[] = [];
  /** Answers a push at once when set; else the test answers it. */
  answer: ((push: Push) => Payload | undefined) | undefined;
  /** While false, sockets that try to connect fail. */
  up = true;
  /** While true, nobody hears anything at all. */
  silent = false;
  tries = 0;
  private sockets = new Set<FakeSocket>();

  readonly transport: new (url: string) => FakeSocket;

  constructor() {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const server = this;
    this.transport = class extends FakeSocket {
      constructor(url: string) {
        super(server, url);
      }
    };
  }

  connect(options: { signedIn?: () => Promise<boolean | undefined> } = {}): LiveSocket {
    const signedIn = () => Promise.resolve(undefined);
    return connect({ path: "ws://studio.test/socket", transport: this.transport, signedIn, ...options });
  }

  broadcast(topic: string, event: string, payload: Payload): void {
    for (const socket of this.sockets)
      if (socket.topics.has(topic)) socket.deliver([null, null, topic, event, payload]);
  }

  reply(push: Push, response: Payload, status: "ok" | "error" = "ok"): void {
    for (const socket of this.sockets)
      socket.deliver([push.joinRef, push.ref, push.topic, "phx_reply", { status, response }]);
  }

  /** Puts everybody out of a topic, as when their rights are taken away. */
  close(topic: string): void {
    for (const socket of this.sockets) socket.put(topic);
  }

  /** Breaks a topic, as when its channel crashes or a slow socket falls too far behind. */
  crash(topic: string): void {
    for (const socket of this.sockets) socket.put(topic, "phx_error");
  }

  /** Forgets that anybody joined, and says nothing. */
  forget(topic: string): void {
    for (const socket of this.sockets) socket.topics.delete(topic);
  }

  /** Cuts every connection, as a server that is killed does. */
  drop(): void {
    for (const socket of [...this.sockets]) socket.end(1006);
  }

  opened(socket: FakeSocket): void {
    this.sockets.add(socket);
  }

  closed(socket: FakeSocket): void {
    this.sockets.delete(socket);
  }

  receive(socket: FakeSocket, frame: Frame): void {
    const [joinRef, ref, topic, event, payload] = frame;
    const respond = (status: string, response: Payload) =>
      socket.deliver([joinRef, ref, topic, "phx_reply", { status, response }]);
    if (event === "phx_join") {
      this.joins.push(topic);
      this.params[topic] = payload;
      const refusal = this.refusals[topic];
      if (refusal) return respond("error", refusal);
      socket.topics.set(topic, joinRef!);
      const snapshot = this.snapshots[topic] ?? {};
      if (this.joinTakes === 0) return respond("ok", snapshot);
      setTimeout(() => respond("ok", snapshot), this.joinTakes);
      return;
    }
    if (event === "heartbeat") return respond("ok", {});
    if (event === "time") return respond("ok", { server_time: new Date().toISOString() });
    if (event === "phx_leave") {
      socket.topics.delete(topic);
      return respond("ok", {});
    }
    if (socket.topics.get(topic) !== joinRef)
      return respond("error", { reason: "unmatched topic", message: "This topic is not joined." });
    const push = { joinRef: joinRef!, ref: ref!, topic, event, payload };
    this.pushes.push(push);
    const response = this.answer?.(push);
    if (response) respond("ok", response);
  }
}

/** The browser's WebSocket, as far as the phoenix client uses it. */
class FakeSocket {
  readyState = 0;
  binaryType = "";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string; wasClean: boolean }) => void) | null = null;
  onerror: ((error: unknown) => void) | null = null;
  /** Joined topics and their join_refs. */
  topics = new Map<string, string>();

  constructor(
    private readonly server: FakeServer,
    readonly url: string,
  ) {
    server.tries += 1;
    if (server.silent) return;
    queueMicrotask(() => {
      if (!server.up) return this.end(1006);
      this.readyState = 1;
      server.opened(this);
      this.onopen?.();
    });
  }

  send(text: string): void {
    const frame = JSON.parse(text) as Frame;
    queueMicrotask(() => {
      if (this.readyState === 1 && !this.server.silent) this.server.receive(this, frame);
    });
  }

  put(topic: string, ending: "phx_close" | "phx_error" = "phx_close"): void {
    const joinRef = this.topics.get(topic);
    if (joinRef === undefined) return;
    this.topics.delete(topic);
    this.deliver([joinRef, joinRef, topic, ending, {}]);
  }

  deliver(frame: Frame): void {
    if (this.readyState === 1) this.onmessage?.({ data: JSON.stringify(frame) });
  }

  close(code = 1000): void {
    // It waits for the other side to agree.
    if (this.server.silent && this.readyState === 1) this.readyState = 2;
    else this.end(code);
  }

  end(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.server.closed(this);
    this.onclose?.({ code, reason: "", wasClean: code === 1000 });
  }
}
