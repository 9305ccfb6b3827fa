/** At a sign-out nothing of a person's shows stays in the browser, also where `Clear-Site-Data` is not heeded. */

import { forgetTurns } from "../documents/pending-browser";
import { personal } from "./caches";
import { DATABASE } from "./database";
import type { ToWorker } from "./messages";

export async function forgetEverything(): Promise<void> {
  navigator.serviceWorker?.controller?.postMessage({ do: "forget" } satisfies ToWorker);
  try {
    indexedDB.deleteDatabase(DATABASE);
    // What was not sent stays for its author; how to take back what was does not.
    void forgetTurns().catch(() => undefined);
    // Missing where the page is not secure: then there is nothing to forget.
    if (typeof caches === "undefined") return;
    await Promise.all(personal(await caches.keys()).map((name) => caches.delete(name)));
  } catch {
    // A browser that forbids the look at it has kept nothing.
  }
}

/** The form that signs out stands on pages without an island, too. */
export function forgetAtSignOut(page: Document = document): void {
  page.addEventListener("submit", ({ target }) => {
    if (target instanceof HTMLFormElement && new URL(target.action).pathname === "/sign-out")
      void forgetEverything();
  });
}
