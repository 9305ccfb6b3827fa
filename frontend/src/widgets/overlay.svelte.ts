/** One overlay as its page shows it: layout, settings of its widgets, and whether everything is hidden. No DOM. */

import { LiveChannel, type Refusal } from "../live/channel";
import type { LiveSocket } from "../live/connection";
import type { ServerClock } from "../lib/server-clock";
import { ConfigStore } from "./configs.svelte";
import type { Report } from "./reporter";
import type { ConfigRow, OverlayRow, OverlaysRow, OverlaysSnapshot, Settings } from "./types";

export interface Test {
  what: string;
  seconds: number;
}

export class OverlayStore {
  overlay = $state.raw<OverlayRow>()!;
  panic = $state(false);
  hidden = $state.raw<readonly string[]>([]);
  /** The server has said whether everything is hidden: nothing is drawn before, or a panic would show for a moment. */
  known = $state(false);
  /** Viewers may see it; undefined until the server has said. */
  live = $state<boolean>();
  /** The address is good no longer: everything goes. */
  over = $state(false);

  boxes = $derived(
    this.over || this.panic
      ? []
      : this.overlay.boxes.filter(({ shown, type }) => shown && !this.hidden.includes(type)),
  );

  /** The crew asks for a picture over the widgets, or for a new load. */
  onTest: (test: Test) => void = () => {};
  /** Of the pages as the server has them now; another one than this page's: this page is old. */
  onBuild: (build: string) => void = () => {};
  /** At every join. */
  onJoined: () => void = () => {};

  private readonly configs: ConfigStore;
  private own?: LiveChannel<{ overlay: OverlayRow; configs: Record<string, ConfigRow> }>;

  constructor(overlay: OverlayRow, configs: Readonly<Record<string, ConfigRow>>) {
    this.overlay = overlay;
    this.configs = new ConfigStore(configs);
  }

  get settings(): Readonly<Record<string, Settings>> {
    return this.configs.settings;
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
      this.live = snapshot.live;
      this.takeOverlays(snapshot);
      this.onBuild(snapshot.build);
    });
    all.onState<OverlaysRow>("overlays_changed", (row) => this.takeOverlays(row));
    all.on<{ live: boolean }>("live_changed", ({ live }) => (this.live = live));
    all.onRefused((refusal) => this.refused(refusal));
    all.join();

    const own = (this.own = new LiveChannel(socket, `overlay:${this.overlay.id}`));
    own.onSnapshot(({ overlay, configs }) => {
      this.takeLayout(overlay);
      this.configs.takeAll(configs);
      this.followConfigs(socket, studioId);
      this.onJoined();
    });
    own.on<OverlayRow>("overlay_changed", (overlay) => {
      this.takeLayout(overlay);
      this.followConfigs(socket, studioId);
    });
    own.on<Test>("overlay_test", (test) => this.onTest(test));
    own.onRefused((refusal) => this.refused(refusal));
    own.join();
  }

  /** Tells the crew how this page is. What does not arrive is told again soon enough. */
  report(report: Report): void {
    this.own?.push("report", { ...report }).catch(() => undefined);
  }

  takeLayout(overlay: OverlayRow): void {
    if (overlay.version >= this.overlay.version) this.overlay = overlay;
  }

  takeConfig(config: ConfigRow): void {
    this.configs.take(config);
  }

  takeOverlays({ panic, hidden }: OverlaysRow): void {
    this.known = true;
    this.panic = panic !== null;
    this.hidden = hidden;
  }

  /** An older page than the server's is still the right one: it loads itself anew when nobody sees it. */
  private refused({ reason }: Refusal): void {
    if (reason !== "reload") this.over = true;
  }

  private followConfigs(socket: LiveSocket, studioId: number): void {
    this.configs.follow(
      socket,
      studioId,
      this.overlay.boxes.map(({ type }) => type),
    );
  }
}
