/**
 * The load of `docload.c` on ShareDB over PostgreSQL: node sharedb.mjs '{"url", "documents", "each", "rate", …}'.
 * The server is this process, the writers are another one of this file, as a server and its load are apart elsewhere.
 * Prints one JSON object, as docload does.
 */
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import http from "node:http";
import Stream from "@teamwork/websocket-json-stream";
import pg from "pg";
import richText from "rich-text";
import ShareDB from "sharedb";
import Client from "sharedb/lib/client/index.js";
import PostgresDB from "sharedb-postgres";
import WebSocket, { WebSocketServer } from "ws";

const WARM_S = 0.5;
const RUN = 50;

const text = (length) => {
  const ops = [];
  for (let number = 0; number < length / RUN; number++) {
    const words = "word ".repeat(RUN / 5 - 1) + (number % 2 ? "line\n" : "word ");
    ops.push(number % 2 ? { insert: words } : { insert: words, attributes: { bold: true } });
  }
  return ops;
};

/** A libpq address with a socket folder, as node-postgres takes it. */
function connectionOf(url) {
  const parsed = new URL(url.replace("postgresql:///", "postgresql://local/"));
  return {
    host: parsed.searchParams.get("host") ?? parsed.hostname,
    user: parsed.searchParams.get("user") ?? "postgres",
    database: parsed.pathname.slice(1),
  };
}

async function serve(options) {
  ShareDB.types.register(richText.type);
  const connection = connectionOf(options.url);
  const pool = new pg.Pool(connection);
  await pool.query("DROP TABLE IF EXISTS ops, snapshots");
  const structure = createRequire(import.meta.url).resolve("sharedb-postgres/structure.sql");
  await pool.query(readFileSync(structure, "utf8"));
  await pool.end();
  const backend = new ShareDB({ db: new PostgresDB({ ...connection, max: 16 }) });
  const local = backend.connect();
  for (let number = 0; number < options.documents; number++)
    await new Promise((resolve, reject) =>
      local
        .get("bench", String(number))
        .create(text(options.length), "rich-text", (error) => (error ? reject(error) : resolve())),
    );
  const server = http.createServer();
  new WebSocketServer({ server }).on("connection", (socket) => {
    const stream = new Stream(socket);
    // The writers leave when their time is over, with answers still on the way to them.
    stream.on("error", () => {});
    backend.listen(stream);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const writers = fork(new URL(import.meta.url), ["--write", JSON.stringify({ ...options, port: server.address().port })]);
  writers.on("exit", (code) => process.exit(code ?? 1));
}

async function write(options) {
  Client.types.register(richText.type);
  const documents = [];
  const changes = [];
  const acked = [];
  const heard = [];
  const seen = (ops) => {
    for (const op of ops.ops ?? ops)
      for (const number of typeof op.insert === "string" ? op.insert.matchAll(/\d+/g) : []) {
        const change = changes[Number(number[0])];
        if (change && --change.waiting === 0) heard.push(performance.now() - change.due);
      }
  };
  for (let writer = 0; writer < options.documents * options.each; writer++) {
    const socket = new WebSocket(`ws://127.0.0.1:${options.port}`);
    const document = new Client.Connection(socket).get("bench", String(Math.floor(writer / options.each)));
    await new Promise((resolve, reject) => document.subscribe((error) => (error ? reject(error) : resolve())));
    document.on("op", (ops, source) => !source && seen(ops));
    documents.push(document);
  }
  const start = performance.now() + 50;
  const measured = start + WARM_S * 1000;
  const end = measured + options.seconds * 1000;
  let counted = 0;
  let turn = 0;
  const due = (number) => start + (number / options.rate) * 1000;
  while (performance.now() < end) {
    while (due(changes.length) <= performance.now()) {
      const number = changes.length;
      const change = { due: due(number), waiting: options.each - 1 };
      changes.push(change);
      const place = 1 + Math.floor((Math.random() * options.length) / 2);
      const op = number % 5 ? { insert: `${number} ` } : { delete: 1 };
      documents[(turn++ * 7919) % documents.length].submitOp([{ retain: place }, op], {}, (error) => {
        if (error) return void (process.exitCode = 1);
        if (change.due >= measured) acked.push(performance.now() - change.due);
        if (performance.now() >= measured && performance.now() < end) counted++;
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const at = (values, part) => values.sort((a, b) => a - b)[Math.round(part * (values.length - 1))] ?? -1;
  console.log(
    JSON.stringify({
      offered: options.rate,
      acked_per_s: counted / options.seconds,
      ack_p50_ms: at(acked, 0.5),
      ack_p99_ms: at(acked, 0.99),
      heard_p50_ms: at(heard, 0.5),
      heard_p99_ms: at(heard, 0.99),
      refused: 0,
    }),
  );
  process.exit();
}

const [first, second] = process.argv.slice(2);
if (first === "--write") await write(JSON.parse(second));
else await serve(JSON.parse(first));
