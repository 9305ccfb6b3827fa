/**
 * A layout that is being edited: every change is kept by itself, and can be taken back. Of two people at once the newer
 * change wins; the other one sees it. No DOM.
 */

import { LiveChannel, type Refused } from "../live/channel";
import type { LiveSocket } from "../live/connection";
import { ConfigStore } from "./configs.svelte";
import { added, MOST_BOXES, replaced, reordered, type Rect } from "./layout-moves";
import type { Box, ConfigRow, Frame, OverlayRow } from "./types";

export interface KindRow {
  type: string;
  name: string;
  says: string;
  width: number;
  height: number;
  frames: Frame[];
}

type Boxes = readonly Box[];

/** Milliseconds from a change to its way to the server; what follows meanwhile goes along. */
const SAVE_AFTER_MS = 80;
/** Key presses within this are one step back. */
const ONE_STEP_MS = 800;
const MOST_STEPS = 100;

export class LayoutStore {
  overlay = $state.raw<OverlayRow>()!;
  boxes = $state.raw<Boxes>([]);
  /** Id of the box that keys and fields are about. */
  chosen = $state<string>();
  /** Not yet on the server. */
  unsaved = $state(false);
  /** What went wrong, or what somebody else did. */
  said = $state("");
  past = $state.raw<readonly Boxes[]>([]);
  future = $state.raw<readonly Boxes[]>([]);

  readonly box = $derived(this.boxes.find(({ id }) => id === this.chosen));
  readonly isFull = $derived(this.boxes.length >= MOST_BOXES);
  readonly configs: ConfigStore;

  private channel?: LiveChannel<{ overlay: OverlayRow; configs: Record<string, ConfigRow> }>;
  private version: number;
  /** The newest that somebody saved, while ours was on its way. */
  private theirs: OverlayRow | undefined;
  private underway = false;
  private saveTimer: ReturnType<typeof setTimeout> | undefined;
  /** Before the drag or the key presses that are going on. */
  private before: Boxes | undefined;
  private step: { name: string; until: number } = { name: "", until: 0 };

  constructor(overlay: OverlayRow, configs: Readonly<Record<string, ConfigRow>>) {
    this.overlay = overlay;
    this.boxes = overlay.boxes;
    this.version = overlay.version;
    this.configs = new ConfigStore(configs);
  }

  follow(socket: LiveSocket, studioId: number): void {
    const channel = (this.channel = new LiveChannel(socket, `overlay:${this.overlay.id}`));
    channel.onSnapshot(({ overlay }) => {
      this.take(overlay);
      if (this.unsaved) void this.save();
    });
    channel.on<OverlayRow>("overlay_changed", (overlay) => this.take(overlay));
    channel.onRefused(({ message }) => (this.said = message));
    channel.join();
    this.configs.follow(socket, studioId, Object.keys(this.configs.settings));
  }

  choose(id: string | undefined): void {
    this.chosen = id;
  }

  add(kind: KindRow): void {
    if (this.isFull) return;
    const box = added(this.boxes, kind, this.overlay);
    this.change([...this.boxes, box]);
    this.chosen = box.id;
  }

  /** Returns the id of the box that is next. */
  remove(id: string): string | undefined {
    const place = this.boxes.findIndex((box) => box.id === id);
    if (place < 0) return undefined;
    const rest = this.boxes.filter((box) => box.id !== id);
    this.change(rest);
    return (this.chosen = rest[Math.min(place, rest.length - 1)]?.id);
  }

  toggle(id: string): void {
    const box = this.boxes.find((one) => one.id === id);
    if (box) this.change(replaced(this.boxes, id, { shown: !box.shown }));
  }

  reorder(id: string, step: 1 | -1): void {
    this.change(reordered(this.boxes, id, step));
  }

  /** `step`: several of the same name that follow on each other are taken back at once. */
  place(id: string, rect: Rect, step = ""): void {
    this.change(replaced(this.boxes, id, { ...rect }), step);
  }

  /** A drag begins; `drag` as often as it moves; `drop` ends it as one step. */
  takeUp(): void {
    this.before = this.boxes;
  }

  drag(id: string, rect: Rect): void {
    this.show(replaced(this.boxes, id, { ...rect }));
  }

  drop(): void {
    const { before } = this;
    this.before = undefined;
    if (before && !same(before, this.boxes)) this.remember(before);
  }

  /** Back to where it was taken up. */
  letGo(): void {
    if (this.before) this.show(this.before);
    this.before = undefined;
  }

  undo(): void {
    const to = this.past.at(-1);
    if (!to) return;
    this.past = this.past.slice(0, -1);
    this.future = [...this.future, this.boxes];
    this.go(to);
  }

  redo(): void {
    const to = this.future.at(-1);
    if (!to) return;
    this.future = this.future.slice(0, -1);
    this.past = [...this.past, this.boxes];
    this.go(to);
  }

  /** At once: the page goes away. */
  leave(): void {
    clearTimeout(this.saveTimer);
    if (this.unsaved) void this.save();
  }

  private go(to: Boxes): void {
    this.step = { name: "", until: 0 };
    this.show(to);
  }

  private change(boxes: Boxes, step = ""): void {
    if (same(boxes, this.boxes)) return;
    const now = Date.now();
    const goesOn = step !== "" && step === this.step.name && now < this.step.until;
    if (!goesOn) this.remember(this.boxes);
    this.step = { name: step, until: now + ONE_STEP_MS };
    this.show(boxes);
  }

  private remember(before: Boxes): void {
    this.past = [...this.past, before].slice(-MOST_STEPS);
    this.future = [];
  }

  private show(boxes: Boxes): void {
    if (same(boxes, this.boxes)) return;
    this.boxes = boxes;
    this.unsaved = true;
    this.said = "";
    this.saveTimer ??= setTimeout(() => void this.save(), SAVE_AFTER_MS);
  }

  private async save(): Promise<void> {
    clearTimeout(this.saveTimer);
    this.saveTimer = undefined;
    if (this.underway || !this.channel) return;
    this.underway = true;
    const { boxes } = this;
    try {
      const { version } = await this.channel.push<{ version: number }>("save_layout", { boxes });
      this.saved(boxes, version);
    } catch (error) {
      this.underway = false;
      this.refused(error as Refused);
    }
  }

  private saved(boxes: Boxes, version: number): void {
    this.underway = false;
    this.said = "";
    this.version = Math.max(this.version, version);
    const { theirs } = this;
    this.theirs = undefined;
    this.unsaved = !same(boxes, this.boxes);
    if (this.unsaved) void this.save();
    // Theirs came after ours: the newer one wins.
    else if (theirs && theirs.version > version) this.adopt(theirs);
  }

  private refused(error: Refused): void {
    const isAway = error.reason === "timeout";
    this.said = isAway
      ? "Not saved yet: the studio does not answer. It is saved when it is back."
      : error.message;
  }

  private take(row: OverlayRow): void {
    this.overlay = { ...row, boxes: this.overlay.boxes };
    if (row.version <= this.version) return;
    this.version = row.version;
    if (this.unsaved || this.underway) this.theirs = row;
    else this.adopt(row);
  }

  private adopt(row: OverlayRow): void {
    if (same(row.boxes, this.boxes)) return;
    this.boxes = row.boxes;
    // Steps back would take theirs away as well.
    this.past = this.future = [];
    this.before = undefined;
    this.said = "Somebody else has changed this layout.";
  }
}

function same(a: Boxes, b: Boxes): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
