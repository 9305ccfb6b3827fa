/** What the kinds of widget are set to, by type; those that stand on a page are followed. No DOM. */

import { LiveChannel } from "../live/channel";
import type { LiveSocket } from "../live/connection";
import type { ConfigRow, Settings } from "./types";

export class ConfigStore {
  settings = $state.raw<Readonly<Record<string, Settings>>>({});

  private versions = new Map<string, number>();
  private joined = new Set<string>();

  constructor(configs: Readonly<Record<string, ConfigRow>>) {
    this.takeAll(configs);
  }

  takeAll(configs: Readonly<Record<string, ConfigRow>>): void {
    Object.values(configs).forEach((config) => this.take(config));
  }

  take({ type, version, settings }: ConfigRow): void {
    if (version < (this.versions.get(type) ?? 0)) return;
    this.versions.set(type, version);
    this.settings = { ...this.settings, [type]: settings };
  }

  /** Those of one that has just been put there, too; what is followed already stays so. */
  follow(socket: LiveSocket, studioId: number, types: Iterable<string>): void {
    for (const type of new Set(types)) {
      if (this.joined.has(type)) continue;
      this.joined.add(type);
      const channel = new LiveChannel<ConfigRow>(socket, `widget_config:${type}:${studioId}`);
      channel.onSnapshot((config) => this.take(config));
      channel.on<ConfigRow>("config_changed", (config) => this.take(config));
      channel.join();
    }
  }
}
