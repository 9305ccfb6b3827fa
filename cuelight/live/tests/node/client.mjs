// The official phoenix client, driven line by line: one JSON command on stdin, one JSON event on stdout.
// Started by test_phoenix_client.py with the folder of node_modules as its argument.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import path from "node:path";

const require = createRequire(path.join(path.resolve(process.argv[2]), "x.js"));
const { Socket, Presence } = require("phoenix");
globalThis.WebSocket ??= require("ws").WebSocket;

const tell = (what, rest = {}) => process.stdout.write(JSON.stringify({ what, ...rest }) + "\n");
const channels = new Map();
const presences = new Map();
let socket;

const commands = {
  connect({ url, params = {}, options = {} }) {
    socket = new Socket(url, {
      params,
      transport: globalThis.WebSocket,
      reconnectAfterMs: () => 50,
      rejoinAfterMs: () => 50,
      ...options,
    });
    socket.onOpen(() => tell("open"));
    socket.onClose((event) => tell("close", { code: event.code }));
    socket.connect();
  },
  disconnect() {
    socket.disconnect(() => tell("disconnected"));
  },
  join({ topic, params = {} }) {
    let attempt = 0;
    const channel = socket.channel(topic, () => ({ ...params, attempt: ++attempt }));
    channels.set(topic, channel);
    channel.onMessage = (event, payload, ref) => {
      if (!event.startsWith("phx_") && !event.startsWith("chan_reply")) tell("message", { topic, event, payload });
      return payload;
    };
    channel.onError(() => tell("channel_error", { topic }));
    channel.onClose(() => tell("channel_close", { topic }));
    channel
      .join()
      .receive("ok", (response) => tell("joined", { topic, response }))
      .receive("error", (response) => tell("join_refused", { topic, response }))
      .receive("timeout", () => tell("join_timeout", { topic }));
  },
  present({ topic }) {
    const presence = new Presence(channels.get(topic));
    presences.set(topic, presence);
    presence.onSync(() => {
      const here = presence.list((key, { metas }) => [key, metas.map((meta) => meta.page).sort()]);
      tell("presence", { topic, here: Object.fromEntries(here) });
    });
    presence.onJoin((key, before) => tell("arrived", { topic, key, again: before !== undefined }));
    presence.onLeave((key, after) => tell("departed", { topic, key, gone: after.metas.length === 0 }));
  },
  push({ topic, event, payload, timeout }) {
    channels
      .get(topic)
      .push(event, payload, timeout)
      .receive("ok", (response) => tell("reply", { status: "ok", response }))
      .receive("error", (response) => tell("reply", { status: "error", response }))
      .receive("timeout", () => tell("reply", { status: "timeout" }));
  },
  leave({ topic }) {
    channels.get(topic).leave().receive("ok", () => tell("left", { topic }));
  },
  // A second socket.channel on the same topic: what a page does that mounts an island twice.
  join_twice({ topic }) {
    commands.join({ topic });
    commands.join({ topic });
  },
  ping() {
    socket.ping((rtt) => tell("pong", { rtt }));
  },
};

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { command, ...rest } = JSON.parse(line);
    commands[command](rest);
  })
  .on("close", () => process.exit(0));
