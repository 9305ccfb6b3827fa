/** The page's side of the worker. Needs HTTPS or localhost; elsewhere nothing happens, and nothing fails. */

import type { ToWorker } from "./messages";

/** Whether this page can be loaded again without the server. */
export const canReload = (): boolean =>
  typeof navigator !== "undefined" && "serviceWorker" in navigator && isSecureContext;

const STILL_MS = 2000;
const MOVING_MS = 15_000;

export class WorkerLink {
  private ready?: Promise<ServiceWorkerRegistration>;
  private picturesTimer?: ReturnType<typeof setTimeout>;
  private newest: () => string[] = () => [];
  private movingSince?: number;

  constructor(
    private readonly personId: number,
    private readonly path: string = location.pathname,
  ) {}

  /** Waits until the page has what it needs: the worker's own fetches must not delay the first picture. */
  start(): void {
    if (!canReload()) return;
    const container = navigator.serviceWorker;
    this.ready = loaded()
      .then(() => container.register("/sw.js"))
      .then(() => container.ready);
    this.again();
    void askToStay();
  }

  /** Holds the page as it is now. */
  again(): void {
    this.ready?.then(
      () => this.tell({ do: "hold", personId: this.personId, path: this.path, files: loadedFiles() }),
      () => undefined,
    );
  }

  /**
   * Which pictures to hold now. Told once the show stands still for a moment, or has moved for long: the worker takes the
   * same cores as the drawing of the next key press, and ten products to each side last longer than that.
   */
  hold(wanted: () => string[]): void {
    this.newest = wanted;
    const now = Date.now();
    this.movingSince ??= now;
    clearTimeout(this.picturesTimer);
    const wait = Math.min(STILL_MS, Math.max(0, this.movingSince + MOVING_MS - now));
    this.picturesTimer = setTimeout(() => {
      this.movingSince = undefined;
      const urls = this.newest().map((url) => new URL(url, location.href).href);
      this.tell({ do: "pictures", personId: this.personId, urls });
    }, wait);
  }

  forget(): void {
    this.tell({ do: "forget", path: this.path });
  }

  stop(): void {
    clearTimeout(this.picturesTimer);
  }

  private tell(message: ToWorker): void {
    // A worker that may not be installed is no loss: the open page has everything in memory.
    this.ready?.then(
      (registration) => registration.active?.postMessage(message),
      () => undefined,
    );
  }
}

async function loaded(): Promise<void> {
  if (document.readyState !== "complete")
    await new Promise((done) => addEventListener("load", done, { once: true }));
  await document.fonts.ready;
}

/** The built files that this page runs on, fonts among them. */
function loadedFiles(): string[] {
  const files = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
  return [
    ...new Set(
      files
        .filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith("/static/"))
        .map(({ pathname }) => pathname),
    ),
  ];
}

/** Asks that the browser does not clear this when its disk is full. Only where nobody is asked a question for it. */
async function askToStay(): Promise<void> {
  try {
    const { state } = await navigator.permissions.query({ name: "persistent-storage" });
    // Firefox would ask the host; the others decide for themselves.
    const asksPeople = state === "prompt" && navigator.userAgent.includes("Firefox");
    if (!asksPeople) await navigator.storage.persist();
  } catch {
    // Not known here.
  }
}
