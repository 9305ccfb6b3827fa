/** How things stand for every dock of a studio: which show runs, the lamp, who speaks for OBS. No DOM. */

import { LiveChannel, Refused } from "../live/channel";
import type { LiveSocket, Status } from "../live/connection";
import type { Preset } from "../sessions/types";
import type { AirRow } from "../streams/types";
import type { DocksSnapshot, DriverRow, NowRow, RunningRow, ScenesRow } from "./types";

export class DocksStore {
  status = $state<Status>("connecting");
  ready = $state(false);
  running = $state.raw<RunningRow | null>(null);
  air = $state.raw<AirRow>();
  driver = $state.raw<DriverRow | null>(null);
  scenes = $state.raw<ScenesRow>({ products: {}, sections: {} });
  widgets = $state.raw<DocksSnapshot["widgets"]>([]);
  can = $state.raw({ obs: false, hide: false });
  refused = $state<string>();
  outdated = $state(false);

  private channel?: LiveChannel<DocksSnapshot>;

  follow(socket: LiveSocket, studioId: number): void {
    socket.onStatus((status) => (this.status = status));
    const channel = new LiveChannel<DocksSnapshot>(socket, `docks:${studioId}`);
    channel.onSnapshot((snapshot) => {
      this.can = snapshot.can;
      this.scenes = snapshot.scenes;
      this.widgets = snapshot.widgets;
      this.take(snapshot);
      this.ready = true;
    });
    channel.onRow<NowRow>("dock_changed", (now) => this.take(now));
    channel.onRow<ScenesRow>("scenes_changed", (scenes) => (this.scenes = scenes));
    channel.onRefused(({ reason, message }) => {
      if (reason === "reload") this.outdated = true;
      else this.refused ??= message;
    });
    this.channel = channel.join();
  }

  take({ running, air, driver }: NowRow): void {
    this.running = running;
    this.air = air;
    this.driver = driver;
  }

  /** Says what this page's OBS does. Whether this page speaks for OBS; undefined: nobody has answered. */
  async tell(page: string, active: boolean | null, take = false): Promise<boolean | undefined> {
    try {
      const reply = await this.channel?.push<{ drives: boolean }>("obs", { page, active, take });
      return reply?.drives;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return undefined;
    }
  }

  async tellGone(page: string): Promise<void> {
    try {
      await this.channel?.push<object>("obs_gone", { page });
    } catch (error) {
      if (!(error instanceof Refused)) throw error; // it is forgotten by itself
    }
  }

  /** Messages to the host that are kept ready. */
  async presets(sessionId: number): Promise<readonly Preset[] | undefined> {
    try {
      const asked = { session_id: sessionId };
      return (await this.channel?.push<{ presets: readonly Preset[] }>("presets", asked))?.presets;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return undefined;
    }
  }

  /** Gives the sentence why not. */
  async setScene(
    of: { product_id: number } | { section: string },
    scene: string,
  ): Promise<string | undefined> {
    try {
      await this.channel?.push<object>("set_scene", { ...of, scene });
      return undefined;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return error.message;
    }
  }
}
