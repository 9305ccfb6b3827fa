/** Where a browser keeps unsent changes: IndexedDB, and Web Locks to know which windows live. */

import { answer, done } from "../lib/indexed";
import { Pending, withoutTurns, type Row, type Shelf, type Windows } from "./pending";

/** Not the database of the offline pages: a sign-out takes that one away, and unsent text must outlive it. */
export const DATABASE = "cuelight-unsent";
const STORE = "unsent";
const HEARTBEATS = "windows";
/** Milliseconds. A window in the background may run its timers once a minute only. */
const BEAT_MS = 10_000;
const DEAD_AFTER_MS = 150_000;

export function browserPending(personId: number, documentId: number): Pending {
  const shelf = new BrowserShelf();
  // Locks exist on HTTPS and localhost only; a studio's LAN address is neither.
  const windows = "locks" in navigator ? new LockedWindows() : new BeatingWindows(shelf);
  return new Pending(shelf, windows, personId, documentId);
}

/** At a sign-out: nobody after this person may take back what they did. What was not sent stays. */
export async function forgetTurns(): Promise<void> {
  // To look into it would make it, and whoever has written nothing leaves nothing.
  const there = await indexedDB.databases();
  if (there.some(({ name }) => name === DATABASE)) await new BrowserShelf().change("", withoutTurns);
}

class BrowserShelf implements Shelf {
  private opened?: Promise<IDBDatabase>;

  async read(scope: string): Promise<Row[]> {
    const transaction = (await this.database()).transaction(STORE);
    return answer(transaction.objectStore(STORE).getAll(range(scope)) as IDBRequest<Row[]>);
  }

  async change(scope: string, work: (rows: Row[]) => { put: Row[]; remove: string[] }): Promise<void> {
    const transaction = (await this.database()).transaction(STORE, "readwrite");
    const store = transaction.objectStore(STORE);
    const reading = store.getAll(range(scope)) as IDBRequest<Row[]>;
    reading.onsuccess = () => {
      const { put, remove } = work(reading.result);
      for (const row of put) store.put(row);
      for (const key of remove) store.delete(key);
    };
    await done(transaction);
  }

  async beats(windows: string[]): Promise<number[]> {
    const store = (await this.database()).transaction(HEARTBEATS).objectStore(HEARTBEATS);
    const found = windows.map((window) => answer(store.get(window) as IDBRequest<number | undefined>));
    return (await Promise.all(found)).map((at) => at ?? 0);
  }

  async beat(window: string, at: number | undefined): Promise<void> {
    const transaction = (await this.database()).transaction(HEARTBEATS, "readwrite");
    if (at === undefined) transaction.objectStore(HEARTBEATS).delete(window);
    else transaction.objectStore(HEARTBEATS).put(at, window);
    await done(transaction);
  }

  private database(): Promise<IDBDatabase> {
    return (this.opened ??= open());
  }
}

async function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(STORE, { keyPath: "key" });
    request.result.createObjectStore(HEARTBEATS);
  };
  const database = await answer(request);
  database.onversionchange = () => database.close();
  return database;
}

/** A window lives as long as it holds the lock of its name; the browser lets go of it however the window ends. */
class LockedWindows implements Windows {
  private release = new Map<string, () => void>();

  enter(window: string): Promise<void> {
    return new Promise((entered, failed) => {
      const held = () => {
        entered();
        return new Promise<void>((release) => this.release.set(window, release));
      };
      navigator.locks.request(nameOf(window), held).catch(failed);
    });
  }

  async dead(windows: string[]): Promise<Set<string>> {
    const { held = [] } = await navigator.locks.query();
    const living = new Set(held.map((lock) => lock.name));
    return new Set(windows.filter((window) => !living.has(nameOf(window))));
  }

  leave(window: string): void {
    this.release.get(window)?.();
  }
}

/** Without locks: a window lives while it says so, and until it says that it leaves. */
class BeatingWindows implements Windows {
  private timers = new Map<string, ReturnType<typeof setInterval>>();

  constructor(private readonly shelf: BrowserShelf) {}

  async enter(window: string): Promise<void> {
    const beat = () => void this.shelf.beat(window, Date.now()).catch(() => undefined);
    this.timers.set(window, setInterval(beat, BEAT_MS));
    addEventListener("pagehide", () => sessionStorage.setItem(nameOf(window), "left"));
    // Back from the browser's cache of pages.
    addEventListener("pageshow", () => sessionStorage.removeItem(nameOf(window)));
    await this.shelf.beat(window, Date.now());
  }

  async dead(windows: string[]): Promise<Set<string>> {
    const beats = await this.shelf.beats(windows);
    const since = Date.now() - DEAD_AFTER_MS;
    // What this very tab was before it was reloaded has said so; a copy of a living tab has nothing of the kind.
    const hasLeft = (window: string) => sessionStorage.getItem(nameOf(window)) === "left";
    return new Set(windows.filter((window, index) => beats[index]! < since || hasLeft(window)));
  }

  leave(window: string): void {
    clearInterval(this.timers.get(window));
    void this.shelf.beat(window, undefined).catch(() => undefined);
  }
}

const nameOf = (window: string): string => `cuelight-window:${window}`;
const range = (scope: string): IDBKeyRange => IDBKeyRange.bound(scope, `${scope}\uffff`);
