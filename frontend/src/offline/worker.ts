/**
 * The service worker: a host's page or a show's paper that is loaded again while the server is away finds itself, its
 * files and its pictures. It answers nothing else: no sockets, no forms, no calls. What it holds, a page has told it to (`messages.ts`).
 */

import {
  foreign,
  leftovers,
  OFFLINE_PAGE,
  offlineCache,
  pageCache,
  pagesAt,
  personal,
  pictureCache,
} from "./caches";
import type { Hold, HoldPictures, ToWorker } from "./messages";
import { changesPerson, filesIn, heldPath, verdict } from "./pages";
import { affordable, isForEver, surplus } from "./pictures";
import type { FetchEvent, WorkerScope } from "./worker-scope";

const worker = self as unknown as WorkerScope;

/** A server that takes longer than this is as good as away, for a page that is held. */
const PATIENCE_MS = 3000;
const AT_ONCE = 4;
/** Of a picture whose answer does not say. */
const TYPICAL_BYTES = 150_000;

// It holds no version of the page that another could miss (each page's cache has its own files), so a newer worker
// takes over at once and nobody is locked into an older one.
worker.addEventListener("install", (event) => event.waitUntil(installed()));
worker.addEventListener("activate", (event) => event.waitUntil(activated()));
worker.addEventListener("fetch", (event) => {
  const answer = answerTo(event);
  if (answer) event.respondWith(answer);
});
worker.addEventListener("message", (event) => event.waitUntil(told(event.data as ToWorker)));

async function installed(): Promise<void> {
  await holdPage(offlineCache, OFFLINE_PAGE, []).catch(() => undefined);
  await worker.skipWaiting();
}

/**
 * It does not claim the page that has just installed it: a page that changes hands asks for every decoded picture once
 * more, and blanks for a frame each time. That page has its pictures in memory; its next load is the worker's.
 */
async function activated(): Promise<void> {
  await drop(foreign(await caches.keys()));
}

/** undefined: not ours, the browser goes on as if there were no worker. */
function answerTo(event: FetchEvent): Promise<Response> | undefined {
  const { request } = event;
  if (request.method !== "GET") return undefined;
  const url = new URL(request.url);
  if (request.mode === "navigate") {
    if (url.origin !== worker.location.origin) return undefined;
    const path = heldPath(url);
    return path === undefined ? otherPage(event, url) : hostPage(event, url, path);
  }
  if (url.origin === worker.location.origin && url.pathname.startsWith("/static/"))
    return cacheFirst(request);
  const isPicture = request.destination === "image" && isForEver(request.url);
  return isPicture && isOfHost(request) ? cacheFirst(request) : undefined;
}

/** Pictures of other pages are none of ours. Another origin's request does not say which page asks. */
function isOfHost({ referrer }: Request): boolean {
  if (!referrer.startsWith(worker.location.origin)) return true;
  return heldPath(new URL(referrer)) !== undefined;
}

async function cacheFirst(request: Request): Promise<Response> {
  return (await found(request)) ?? fetch(request);
}

const found = (request: Request | string) => caches.match(request, { ignoreVary: true });

// Pages

async function hostPage(event: FetchEvent, url: URL, path: string): Promise<Response> {
  const [cache] = pagesAt(await caches.keys(), path);
  const held = cache && (await (await caches.open(cache)).match(path));
  const asked = fetch(event.request).then(async (answer) => {
    const then = verdict(url.pathname, answer);
    if (then === "drop") await forgetPage(path);
    if (then === "away" && held) throw new Error("The server is not itself.");
    return answer;
  });
  if (!held) return asked.catch(offlinePage);
  // Also an answer that comes too late to be shown may say that the copy must go.
  event.waitUntil(asked.catch(() => undefined));
  return Promise.race([asked, pause(PATIENCE_MS)]).then(
    (answer) => answer ?? held,
    () => held,
  );
}

async function otherPage({ request }: FetchEvent, url: URL): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(request);
  } catch {
    return offlinePage();
  }
  if (changesPerson(url)) await forgetPeople();
  return answer;
}

async function offlinePage(): Promise<Response> {
  return (await found(OFFLINE_PAGE)) ?? new Response(PLAIN_PAGE, { headers: HTML });
}

const HTML = { "Content-Type": "text/html; charset=utf-8" };
const PLAIN_PAGE = `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="5"><title>Cuelight</title>
<style>body{display:grid;place-content:center;min-height:90vh;margin:24px;background:#0e0f11;color:#f0f0f0;
font:18px/1.5 system-ui,sans-serif;text-align:center}</style>
<h1>No connection to the studio</h1><p>This page tries again by itself.</p>`;

// What pages tell

async function told(message: ToWorker): Promise<void> {
  try {
    if (message.do === "hold") await hold(message);
    else if (message.do === "pictures") await holdPictures(message);
    else if (message.path === undefined) await forgetPeople();
    else await forgetPage(message.path);
  } catch {
    // A full disk or a server that has just gone: what is held stays as it was.
  }
}

/** Goes up when somebody's things are dropped: what is still being fetched for them is not put in any more. */
let era = 0;

async function hold({ personId, path, files }: Hold): Promise<void> {
  const name = pageCache(personId, path);
  await holdPage(name, path, files);
  await holdPage(offlineCache, OFFLINE_PAGE, []).catch(() => undefined);
  const gone = leftovers(await caches.keys(), personId);
  if (index && gone.includes(index.name)) index = undefined;
  await drop(gone);
}

/** The page and all its files, or nothing: a new page is put in only when its files are there. */
async function holdPage(name: string, path: string, files: readonly string[]): Promise<void> {
  const begun = era;
  const page = await fetch(path, { cache: "no-store", redirect: "manual" });
  if (!page.ok) {
    if (verdict(path, page) === "drop") await caches.delete(name);
    return;
  }
  const needed = new Set([...files, ...filesIn(await page.clone().text())]);
  const missing: [string, Response][] = [];
  for (const file of needed) {
    if (await found(file)) continue;
    const answer = await fetch(file);
    if (answer.ok) missing.push([file, answer]);
    // Without a picture a paper is still one; without its style a page is none.
    else if (file.startsWith("/static/")) throw new Error(`${file}: ${answer.status}`);
  }
  if (begun !== era) return;
  const cache = await caches.open(name);
  for (const file of needed) {
    if (await cache.match(file)) continue;
    const answer = missing.find(([one]) => one === file)?.[1] ?? (await found(file));
    if (answer) await cache.put(file, answer);
  }
  await cache.put(path, page);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname !== path && !needed.has(pathname)) await cache.delete(request);
  }
}

let newestWish = 0;
/** What the picture cache of somebody holds, oldest first: asking the cache itself takes as long as drawing ten frames. */
let index: { name: string; bytes: Map<string, number> } | undefined;

async function holdPictures({ personId, urls }: HoldPictures): Promise<void> {
  const wish = ++newestWish;
  const begun = era;
  const isOver = () => wish !== newestWish || begun !== era;
  const name = pictureCache(personId);
  // A browser that runs out of room takes caches away without a word.
  if (!(await caches.has(name))) index = undefined;
  const cache = await caches.open(name);
  const held = await indexOf(name, cache);
  const missing = affordable(urls, worker.location.origin).filter((url) => !held.has(url));
  const lane = async () => {
    for (let url = missing.shift(); url !== undefined && !isOver(); url = missing.shift()) {
      const bytes = await holdPicture(cache, url, isOver).catch(() => undefined);
      if (bytes !== undefined) held.set(url, bytes);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  if (begun !== era) return;
  for (const url of surplus(
    [...held].map(([one, bytes]) => ({ url: one, bytes })),
    urls,
  )) {
    held.delete(url);
    await cache.delete(url);
  }
}

/** Read once in the life of a worker; from then on kept up. Sizes of what an earlier one put in are guessed. */
async function indexOf(name: string, cache: Cache): Promise<Map<string, number>> {
  if (index?.name === name) return index.bytes;
  const bytes = new Map<string, number>();
  for (const { url } of await cache.keys())
    bytes.set(url, new URL(url).origin === worker.location.origin ? TYPICAL_BYTES : 0);
  index = { name, bytes };
  return bytes;
}

/** From the browser's own cache, where the page's preloading has mostly put it. Its size; undefined: not held. */
async function holdPicture(cache: Cache, url: string, isOver: () => boolean): Promise<number | undefined> {
  const isHere = new URL(url).origin === worker.location.origin;
  const answer = await fetch(url, isHere ? {} : { mode: "no-cors" });
  if (isOver() || !(answer.ok || answer.type === "opaque")) return undefined;
  const bytes = answer.type === "opaque" ? 0 : bytesOf(answer);
  await cache.put(url, answer);
  return bytes;
}

const bytesOf = (answer: Response): number => Number(answer.headers.get("Content-Length")) || TYPICAL_BYTES;

// What goes

async function forgetPage(path: string): Promise<void> {
  era += 1;
  await drop(pagesAt(await caches.keys(), path));
}

async function forgetPeople(): Promise<void> {
  era += 1;
  index = undefined;
  await drop(personal(await caches.keys()));
}

async function drop(names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => caches.delete(name)));
}

const pause = (ms: number) => new Promise<undefined>((done) => setTimeout(() => done(undefined), ms));
