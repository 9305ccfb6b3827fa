/**
 * What a dock does with its OBS: it says what OBS does, and, if it is the one that speaks for OBS, switches to the scene
 * of what comes on air. No DOM.
 */

import type { DocksStore } from "./docks.svelte";
import type { ObsLink } from "./obs-link.svelte";
import type { ScenesRow } from "./types";

/** Milliseconds between two words of what OBS does. The server forgets a page that is silent for 15 s. */
const TELL_EVERY_MS = 4_000;

/** What is on air, as far as scenes go. */
export interface OnAir {
  id: number;
  product_id: number;
  section: string;
}

/** A product's own scene counts before its section's; undefined: OBS stays where it is. */
export function sceneOf(item: OnAir, scenes: ScenesRow): string | undefined {
  return (
    scenes.products[String(item.product_id)] ?? (item.section ? scenes.sections[item.section] : undefined)
  );
}

export class ObsDriver {
  /** This page speaks for OBS. */
  drives = $state(false);
  /** Why the last switch was not done. */
  trouble = $state("");

  private underway = false;
  private again = false;
  private take = false;
  private told = false;
  /** The line that OBS was last switched for, or that was there when the dock came. */
  private seen: number | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly link: Pick<ObsLink, "state" | "streaming" | "switchTo">,
    private readonly docks: Pick<DocksStore, "tell" | "tellGone" | "status" | "scenes">,
    private readonly page: string,
  ) {}

  run(): () => void {
    this.timer = setInterval(() => void this.tell(), TELL_EVERY_MS);
    return () => clearInterval(this.timer);
  }

  /** From whichever dock drives now. */
  takeOver(): void {
    this.take = true;
    void this.tell();
  }

  /** Says what OBS does, if it is there; called again whenever that changes. */
  async tell(): Promise<void> {
    if (this.docks.status !== "connected") return;
    if (this.underway) return void (this.again = true);
    this.underway = true;
    try {
      await this.say();
    } finally {
      this.underway = false;
    }
    if (!this.again) return;
    this.again = false;
    await this.tell();
  }

  private async say(): Promise<void> {
    if (this.link.state !== "connected") {
      this.drives = false;
      if (this.told) await this.docks.tellGone(this.page);
      this.told = false;
      return;
    }
    const take = this.take;
    this.take = false;
    this.told = true;
    this.drives = (await this.docks.tell(this.page, this.link.streaming ?? null, take)) ?? this.drives;
  }

  /**
   * What is on air now. OBS follows a change of it; what was there when the dock came stays as somebody has set it. A
   * rehearsal moves nothing on a stream that is live.
   */
  async follow(item: OnAir | undefined, status: string): Promise<void> {
    if (!item || (status !== "live" && status !== "rehearsal")) return;
    if (this.seen === undefined) return void (this.seen = item.id);
    if (this.seen === item.id || !this.drives || this.link.state !== "connected") return;
    this.seen = item.id;
    const scene = sceneOf(item, this.docks.scenes);
    if (scene === undefined) return;
    if (status === "rehearsal" && this.link.streaming) {
      this.trouble = "OBS is streaming: a rehearsal does not switch its scenes.";
      return;
    }
    this.trouble = (await this.link.switchTo(scene)) ?? "";
  }
}
