/**
 * A page that is older than the server loads itself anew, when nobody can see that: while it is hidden, or while no
 * widget shows anything. Never without the server, and at most once in ten minutes.
 */

export const AT_MOST_EVERY_MS = 600_000;
/** How often an old page looks whether nobody sees it. */
const LOOK_EVERY_MS = 5_000;
const KEPT_AS = "cuelight-renewed";

interface Surroundings {
  /** Whether viewers may see what is drawn. */
  seen: () => boolean;
  /** Whether nothing is drawn. */
  empty: () => boolean;
  /** Whether the server has this page just now. */
  ask: () => Promise<boolean>;
  reload: () => void;
  now?: () => number;
  storage?: Pick<Storage, "getItem" | "setItem">;
}

export class Renewal {
  old = false;
  private asking = false;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly build: string,
    private readonly around: Surroundings,
  ) {}

  /** The build that the server has now; "" from one that knows none. */
  told(build: string): void {
    this.need(build !== "" && build !== this.build);
  }

  /** A part of this page cannot be had any more: the server has others by now. */
  broken(): void {
    this.need(true);
  }

  async look(): Promise<void> {
    if (!this.old || this.asking || !this.mayGo()) return;
    this.asking = true;
    const there = await this.around.ask().catch(() => false);
    this.asking = false;
    // It may have been shown meanwhile.
    if (!there || !this.old || !this.mayGo()) return;
    this.around.storage?.setItem(KEPT_AS, String(this.now()));
    this.stop();
    this.around.reload();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private need(old: boolean): void {
    this.old = old;
    if (!old) return this.stop();
    this.timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS);
    void this.look();
  }

  private mayGo(): boolean {
    const last = Number(this.around.storage?.getItem(KEPT_AS) ?? 0);
    const isLongAgo = !last || this.now() - last >= AT_MOST_EVERY_MS || this.now() < last;
    return isLongAgo && (!this.around.seen() || this.around.empty());
  }

  private now(): number {
    return (this.around.now ?? Date.now)();
  }
}
