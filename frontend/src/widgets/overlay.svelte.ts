/** One overlay as its page shows it: layout, settings of its widgets, and whether everything is hidden. No DOM. */

import { LiveChannel } from "../live/channel";
import type { LiveSocket } from "../live/connection";
import type { ServerClock } from "../lib/server-clock";
import type { Box, ConfigRow, OverlayRow, OverlaysRow, OverlaysSnapshot, Settings } from "./types";

export class OverlayStore {
  overlay = $state.raw<OverlayRow>()!;
  settings = $state.raw<Readonly<Record<string, Settings>>>({});
  panic = $state(false);
  hidden = $state.raw<readonly string[]>([]);
  /** Of the pages as the server has them now; another one than this page's: this page is old. */
  build = $state("");
  /** The address is good no longer: everything goes. */
  over = $state(false);

  boxes = $derived(
    this.over || this.panic
      ? []
      : this.overlay.boxes.filter(({ shown, type }) => shown && !this.hidden.includes(type)),
  );

  private versions = new Map<string, number>();
  private joined = new Set<string>();

  constructor(overlay: OverlayRow, configs: Readonly<Record<string, ConfigRow>>) {
    this.overlay = overlay;
    Object.values(configs).forEach((config) => this.takeConfig(config));
  }

  follow(socket: LiveSocket, studioId: number, clock: ServerClock): void {
    const all = new LiveChannel<OverlaysSnapshot>(
      socket,
      `overlays:${studioId}`,
      {},
      ({ version }) => version,
    );
    all.onSnapshot((snapshot) => {
      clock.told(snapshot.server_time);
      this.build = snapshot.build;
      this.takeOverlays(snapshot);
    });
    all.onState<OverlaysRow>("overlays_changed", (row) => this.takeOverlays(row));
    all.onRefused(() => (this.over = true));
    all.join();

    const own = new LiveChannel<{ overlay: OverlayRow; configs: Record<string, ConfigRow> }>(
      socket,
      `overlay:${this.overlay.id}`,
    );
    own.onSnapshot(({ overlay, configs }) => {
      this.takeLayout(overlay);
      Object.values(configs).forEach((config) => this.takeConfig(config));
      this.followConfigs(socket, studioId);
    });
    own.on<OverlayRow>("overlay_changed", (overlay) => {
      this.takeLayout(overlay);
      this.followConfigs(socket, studioId);
    });
    own.onRefused(() => (this.over = true));
    own.join();
  }

  takeLayout(overlay: OverlayRow): void {
    if (overlay.version >= this.overlay.version) this.overlay = overlay;
  }

  takeConfig({ type, version, settings }: ConfigRow): void {
    if (version < (this.versions.get(type) ?? 0)) return;
    this.versions.set(type, version);
    this.settings = { ...this.settings, [type]: settings };
  }

  takeOverlays({ panic, hidden }: OverlaysRow): void {
    this.panic = panic !== null;
    this.hidden = hidden;
  }

  /** The settings of every kind that stands here; those of one that has just been put there, too. */
  private followConfigs(socket: LiveSocket, studioId: number): void {
    for (const type of new Set(this.overlay.boxes.map((box: Box) => box.type))) {
      if (this.joined.has(type)) continue;
      this.joined.add(type);
      const channel = new LiveChannel<ConfigRow>(socket, `widget_config:${type}:${studioId}`);
      channel.onSnapshot((config) => this.takeConfig(config));
      channel.on<ConfigRow>("config_changed", (config) => this.takeConfig(config));
      channel.join();
    }
  }
}
