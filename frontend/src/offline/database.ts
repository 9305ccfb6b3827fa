/**
 * The browser's database, behind four verbs. Nothing here fails: a private window or a full disk keeps nothing, and the
 * page goes on with what it has in memory.
 */

import { answer, done } from "../lib/indexed";
import {
  keyOf,
  momentRow,
  read,
  sheetRow,
  stale,
  type Kept,
  type Moment,
  type Owner,
  type Sheet,
} from "./record";

export interface Shelf {
  read: (owner: Owner) => Promise<Kept | undefined>;
  /** Without a sheet the one that is there stays. */
  write: (owner: Owner, moment: Moment, sheet?: Sheet) => Promise<void>;
  remove: (owner: Owner) => Promise<void>;
  /** Called when the browser has taken everything away, as after a sign-out in another tab. */
  onTaken?: () => void;
}

export const DATABASE = "cuelight";
const STORES = ["moments", "sheets"] as const;

export class BrowserShelf implements Shelf {
  onTaken?: () => void;
  private opened?: Promise<IDBDatabase | undefined>;

  async read(owner: Owner): Promise<Kept | undefined> {
    return this.quietly(async (database) => {
      const transaction = database.transaction(STORES);
      const [moment, sheet] = await Promise.all(
        STORES.map((name) => answer<unknown>(transaction.objectStore(name).get(keyOf(owner)))),
      );
      return read(owner, moment, sheet);
    });
  }

  async write(owner: Owner, moment: Moment, sheet?: Sheet): Promise<void> {
    await this.quietly(async (database) => {
      // "relaxed": the operating system may write it when it likes; a power cut costs a second of a copy.
      const transaction = database.transaction(STORES, "readwrite", { durability: "relaxed" });
      const key = keyOf(owner);
      transaction.objectStore("moments").put(momentRow(owner, moment, Date.now()), key);
      if (sheet) {
        transaction.objectStore("sheets").put(sheetRow(sheet), key);
        await sweep(transaction, owner.personId);
      }
      await done(transaction);
    });
  }

  async remove(owner: Owner): Promise<void> {
    await this.quietly((database) => {
      const transaction = database.transaction(STORES, "readwrite");
      for (const name of STORES) transaction.objectStore(name).delete(keyOf(owner));
      return done(transaction);
    });
  }

  private async quietly<Answer>(
    work: (database: IDBDatabase) => Promise<Answer>,
  ): Promise<Answer | undefined> {
    try {
      const database = await (this.opened ??= this.open());
      return database && (await work(database));
    } catch {
      return undefined;
    }
  }

  private async open(): Promise<IDBDatabase | undefined> {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => STORES.forEach((name) => request.result.createObjectStore(name));
    const database = await answer(request);
    // Somebody wants it gone or newer: nobody waits for this page.
    database.onversionchange = () => {
      database.close();
      this.taken();
    };
    database.onclose = () => this.taken();
    return database;
  }

  /** Not opened again by this page: a late write would bring back what a sign-out has taken. */
  private taken(): void {
    this.opened = Promise.resolve(undefined);
    this.onTaken?.();
  }
}

/** Lets go of what nobody here needs any more. */
async function sweep(transaction: IDBTransaction, personId: number): Promise<void> {
  const moments = transaction.objectStore("moments");
  const [keys, rows] = await Promise.all([answer(moments.getAllKeys()), answer(moments.getAll())]);
  const byKey = new Map(keys.map((key, index) => [String(key), rows[index] as unknown]));
  for (const key of stale(personId, byKey))
    for (const name of STORES) transaction.objectStore(name).delete(key);
}
