/** An overlay's side of its worker. Where there are no workers, as over plain http, nothing happens and nothing fails. */

import { copyOf } from "./overlay-copies";
import { canReload } from "./registration";

/** Has this page kept, so that it opens without the server the next time. Not before it has what it needs itself. */
export async function keepThisPage(path = location.pathname): Promise<void> {
  if (!canReload()) return;
  try {
    if (document.readyState !== "complete")
      await new Promise((done) => addEventListener("load", done, { once: true }));
    const { serviceWorker } = navigator;
    await serviceWorker.register("/w/sw.js");
    // One that the worker has answered for is kept already.
    if (!serviceWorker.controller) (await serviceWorker.ready).active?.postMessage(path);
  } catch {
    // A frame that may keep nothing, a browser without a disk: the open page works all the same.
  }
}

/** The address is good no longer. */
export async function dropThisPage(path = location.pathname): Promise<void> {
  try {
    if (canReload()) await caches.delete(copyOf(path));
  } catch {
    // As above.
  }
}
