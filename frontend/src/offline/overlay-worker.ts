/**
 * The service worker of overlays: a browser source that is opened while the server is away gets the page as it was, which
 * is transparent and connects by itself, and never the browser's error page. It answers for `/w/` alone: pages, and the
 * built files they name. Everything that is drawn comes from the server.
 */

import { copyOf, meaning, overlayPath, surplusCopies } from "./overlay-copies";
import { filesIn } from "./pages";
import type { FetchEvent, WorkerScope } from "./worker-scope";

const worker = self as unknown as WorkerScope;

/** A server that takes longer than this is as good as away, for a page that is kept. */
const PATIENCE_MS = 2000;

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(activated()));
worker.addEventListener("fetch", (event) => {
  const answer = answerTo(event);
  if (answer) event.respondWith(answer);
});
/** A page that came without the worker, as the first does, has itself kept: its path. */
worker.addEventListener("message", (event) => event.waitUntil(keepNow(String(event.data))));

async function activated(): Promise<void> {
  // The server is asked while the worker is still waking.
  await worker.registration.navigationPreload?.enable();
  await drop(surplusCopies(await caches.keys()));
}

/** undefined: not ours, the browser goes on as if there were no worker. */
function answerTo(event: FetchEvent): Promise<Response> | undefined {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return undefined;
  if (request.mode === "navigate") {
    const path = overlayPath(url);
    return path === undefined ? undefined : page(event, path);
  }
  return url.pathname.startsWith("/static/") ? builtFile(request) : undefined;
}

/** Its name says what is in it: a kept one is the right one. */
async function builtFile(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function page(event: FetchEvent, path: string): Promise<Response> {
  const kept = await keptPage(path);
  const asked = askFor(event, path);
  // Also an answer that comes too late to be shown replaces the copy, or takes it away.
  event.waitUntil(asked.catch(() => undefined));
  if (!kept) return asked.catch(waiting);
  return Promise.race([asked, pause(PATIENCE_MS)]).then(
    (answer) => answer ?? kept,
    () => kept,
  );
}

async function keptPage(path: string): Promise<Response | undefined> {
  return caches.match(path, { cacheName: copyOf(path) });
}

async function askFor(event: FetchEvent, path: string): Promise<Response> {
  const answer = (await event.preloadResponse) ?? (await fetch(event.request));
  const means = meaning(answer);
  if (means === "away") throw new Error("The server is not itself.");
  if (means === "drop") await drop([copyOf(path)]);
  if (means === "keep") event.waitUntil(keep(path, answer.clone()).catch(() => undefined));
  return answer;
}

async function keepNow(path: string): Promise<void> {
  try {
    const answer = await fetch(path, { cache: "no-store", credentials: "omit", redirect: "manual" });
    if (meaning(answer) === "keep") await keep(path, answer);
  } catch {
    // The server has just gone, or the disk is full: the next load tries again.
  }
}

/** The files first, then the page that names them, then away with those that only the last one named. */
async function keep(path: string, answer: Response): Promise<void> {
  const files = filesIn(await answer.clone().text());
  const cache = await caches.open(copyOf(path));
  for (const file of files) {
    if (await cache.match(file, { ignoreVary: true })) continue;
    const found = await fetch(file);
    if (!found.ok) throw new Error(`${file}: ${found.status}`);
    await cache.put(file, found);
  }
  await cache.put(path, answer);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname !== path && !files.includes(pathname)) await cache.delete(request, { ignoreVary: true });
  }
  await drop(surplusCopies(await caches.keys()));
}

async function drop(names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => caches.delete(name)));
}

/** For an address that was never opened here: nothing, until the server is there. */
const waiting = (): Response =>
  new Response(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>Cuelight</title>`,
    { headers: { "Content-Type": "text/html; charset=utf-8" } },
  );

const pause = (ms: number) => new Promise<undefined>((done) => setTimeout(() => done(undefined), ms));
