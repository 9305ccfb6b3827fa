/** What OBS says, in words. Pure. Close codes and request statuses are those of obs-websocket 5. */

export const AUTH_FAILED = 4009;
export const WRONG_VERSION = 4010;
export const KICKED = 4011;
export const NOT_READY = 207;

/** Why a connection ended that another try would end the same way; undefined: try again. */
export function final(code: number): string | undefined {
  switch (code) {
    case AUTH_FAILED:
      return "OBS did not take the password. Copy it from OBS: Tools, WebSocket Server Settings, Show Connect Info.";
    case WRONG_VERSION:
      return "This OBS speaks another version of its protocol. OBS 28 or newer is needed.";
    case KICKED:
      return "OBS has ended this connection by hand. Connect again when it may.";
    default:
      return undefined;
  }
}

/** Milliseconds before try n (from 1), spread so that docks do not come in one wave. */
export function pause(tries: number, random: () => number = Math.random): number {
  const steps = [500, 1_000, 2_000, 4_000, 7_000];
  return (steps[tries - 1] ?? 10_000) * (0.75 + random() / 2);
}

/** Where OBS listens, without what people need not read. */
export const place = (address: string): string => address.replace(/^wss?:\/\//, "");

/** As one types it: `192.168.1.20:4455`; undefined: no address. */
export function addressOf(typed: string): string | undefined {
  const text = typed.trim().replace(/\/$/, "");
  const whole = /^wss?:\/\//.test(text) ? text : `ws://${text}`;
  return /^wss?:\/\/[a-z0-9.-]+(:\d{1,5})?$/i.test(whole) ? whole : undefined;
}

/** Whether OBS streams after a `StreamStateChanged`. While it reconnects the stream is not over. */
export function streamsAfter(state: string, active: boolean): boolean {
  const known: Readonly<Record<string, boolean>> = {
    OBS_WEBSOCKET_OUTPUT_STARTED: true,
    OBS_WEBSOCKET_OUTPUT_RECONNECTING: true,
    OBS_WEBSOCKET_OUTPUT_RECONNECTED: true,
    OBS_WEBSOCKET_OUTPUT_STOPPED: false,
  };
  return known[state] ?? active;
}

const WORDS: Readonly<Record<string, string>> = {
  OBS_WEBSOCKET_OUTPUT_STARTING: "Stream is starting",
  OBS_WEBSOCKET_OUTPUT_STOPPING: "Stream is stopping",
  OBS_WEBSOCKET_OUTPUT_RECONNECTING: "Stream is reconnecting",
};

export const streamWords = (state: string, streaming: boolean | undefined): string =>
  WORDS[state] ?? (streaming === undefined ? "" : streaming ? "Streaming" : "Not streaming");
