/** One socket per page, on the official phoenix client, tuned for a show: it comes back at once and never gives up. */

import { Socket } from "phoenix";

export type Status = "connecting" | "connected" | "reconnecting" | "signed out";

/** Milliseconds before try n (from 1): at once, then growing to a second, spread so that a studio's screens do not come in one wave. */
export function pause(tries: number, random: () => number = Math.random): number {
  const steps = [10, 50, 100, 200, 400, 700];
  return (steps[tries - 1] ?? 1000) * (0.75 + random() / 2);
}

/** Milliseconds between heartbeats. One that is not answered by the next ends the connection: ten seconds at most. */
const HEARTBEAT_MS = 5_000;
/**
 * A handshake that nobody answers is given up after this long: after a break that the machine did not notice, a browser
 * by itself waits for minutes. A key press waits longer, so that one made just before still counts.
 */
const HANDSHAKE_MS = 5_000;
/** A connection that breaks sooner than this has not been a good one: the next pause is longer, not the first again. */
const STEADY_MS = 5_000;
/** After so many handshakes in a row that led to nothing the page asks whether it is still signed in. */
const ASK_AFTER = 3;

export interface LiveSocket {
  socket: Socket;
  onStatus: (listener: (status: Status) => void) => void;
  /** For good: nothing brings it back. */
  close: () => void;
}

interface Options {
  path?: string;
  /** Of a page without a cookie of its own. */
  token?: string;
  transport?: unknown;
  /** Whether the page's cookie, or its token, is still good; undefined: nobody knows. A token by itself is not asked about. */
  signedIn?: () => Promise<boolean | undefined>;
}

export function connect({
  path = "/socket",
  token,
  transport,
  signedIn = token ? undefined : askServer,
}: Options = {}): LiveSocket {
  let failed = 0; // handshakes in a row
  let short = 0; // connections in a row that broke at once
  let openedAt = 0;
  const listeners: ((status: Status) => void)[] = [];
  const tell = (status: Status) => listeners.forEach((listener) => listener(status));
  const socket = new Socket(path, {
    params: token ? { token } : {},
    heartbeatIntervalMs: HEARTBEAT_MS,
    timeout: 10_000,
    reconnectAfterMs: (tries: number) => pause(Math.max(tries, short)),
    rejoinAfterMs: (tries: number) => pause(tries),
    transport: impatient((transport ?? WebSocket) as typeof WebSocket, () => tell("reconnecting")),
  } as ConstructorParameters<typeof Socket>[1]);

  socket.onOpen(() => {
    failed = 0;
    openedAt = Date.now();
    tell("connected");
  });
  socket.onClose(() => {
    if (openedAt > 0) {
      short = Date.now() - openedAt < STEADY_MS ? short + 1 : 0;
      openedAt = 0;
    } else {
      failed += 1;
      if (failed % ASK_AFTER === 0 && signedIn) void leaveWhenSignedOut(signedIn);
    }
    tell("reconnecting");
  });
  socket.onError(() => tell("reconnecting"));
  socket.connect();
  const stopWatching = [keepTryingWhileHidden(socket), followTheNetwork(socket, tell)];

  const close = () => {
    stopWatching.forEach((stop) => stop());
    socket.disconnect();
  };

  async function leaveWhenSignedOut(ask: () => Promise<boolean | undefined>): Promise<void> {
    if ((await ask()) !== false || openedAt > 0) return;
    close();
    tell("signed out");
  }

  return { socket, onStatus: (listener) => listeners.push(listener), close };
}

/**
 * The same transport; a handshake that is not answered fails. `closing` is told when the client closes an open one: after
 * a missed heartbeat it waits a second and a half for the other side to agree, and what comes later it tells nobody.
 */
function impatient(transport: typeof WebSocket, closing: () => void): typeof WebSocket {
  return class extends transport {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols);
      setTimeout(() => this.readyState === 0 && this.close(), HANDSHAKE_MS);
    }

    override close(code?: number, reason?: string): void {
      const wasOpen = this.readyState === 1;
      super.close(code, reason);
      if (wasOpen) closing();
    }
  };
}

async function askServer(): Promise<boolean | undefined> {
  try {
    const answer = await fetch("/signed-in", { cache: "no-store" });
    return answer.ok ? ((await answer.json()) as { signed_in: boolean }).signed_in : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The phoenix client leaves a hidden page disconnected until it is shown again. A host's screen behind another window
 * and an overlay in a hidden scene must follow all the same.
 */
function keepTryingWhileHidden(socket: Socket): () => void {
  if (typeof document === "undefined") return () => {};
  const timer = setInterval(() => {
    if (document.visibilityState === "hidden" && socket.connectionState() === "closed") socket.connect();
  }, 1000);
  return () => clearInterval(timer);
}

/** The machine knows that its cable is out long before a heartbeat does; and when it is back, nobody need wait. */
function followTheNetwork(socket: Socket, tell: (status: Status) => void): () => void {
  if (typeof addEventListener === "undefined") return () => {};
  const gone = () => tell("reconnecting");
  // What is left of the connection may be dead without knowing it: a new one is certain.
  const back = () => socket.disconnect(() => socket.connect());
  addEventListener("offline", gone);
  addEventListener("online", back);
  return () => {
    removeEventListener("offline", gone);
    removeEventListener("online", back);
  };
}
