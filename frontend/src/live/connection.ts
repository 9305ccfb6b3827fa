/** One socket per page, on the official phoenix client, tuned for a show: it comes back at once and never gives up. */

import { Socket } from "phoenix";

export type Status = "connecting" | "connected" | "reconnecting";

/** Milliseconds before try n (from 1): at once, then growing to a second, spread so that a studio's screens do not come in one wave. */
export function pause(tries: number, random: () => number = Math.random): number {
  const steps = [10, 50, 100, 200, 400, 700];
  return (steps[tries - 1] ?? 1000) * (0.75 + random() / 2);
}

export interface LiveSocket {
  socket: Socket;
  onStatus: (listener: (status: Status) => void) => void;
  /** For good: nothing brings it back. */
  close: () => void;
}

interface Options {
  path?: string;
  token?: string;
  transport?: unknown;
}

export function connect({ path = "/socket", token, transport }: Options = {}): LiveSocket {
  const socket = new Socket(path, {
    params: token ? { token } : {},
    heartbeatIntervalMs: 15_000,
    timeout: 10_000,
    reconnectAfterMs: (tries: number) => pause(tries),
    rejoinAfterMs: (tries: number) => pause(tries),
    ...(transport ? { transport } : {}),
  } as ConstructorParameters<typeof Socket>[1]);
  const listeners: ((status: Status) => void)[] = [];
  const tell = (status: Status) => listeners.forEach((listener) => listener(status));
  socket.onOpen(() => tell("connected"));
  socket.onClose(() => tell("reconnecting"));
  socket.onError(() => tell("reconnecting"));
  socket.connect();
  const stopTrying = keepTryingWhileHidden(socket);
  const close = () => {
    stopTrying();
    socket.disconnect();
  };
  return { socket, onStatus: (listener) => listeners.push(listener), close };
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
