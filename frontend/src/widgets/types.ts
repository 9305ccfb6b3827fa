/** What the server says of overlays; the same shapes as `cuelight/widgets/queries.py` and `layout.py`. */

import type { Component } from "svelte";
import type { Sources } from "./sources.svelte";

/** One widget's place, in pixels of the canvas. Later ones lie over earlier ones. */
export interface Box {
  id: string;
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  shown: boolean;
}

export interface OverlayRow {
  id: number;
  name: string;
  width: number;
  height: number;
  version: number;
  boxes: readonly Box[];
}

/** What every widget can be set to; a kind's own settings stand beside. */
export interface Look {
  font: string;
  size: number;
  text: string;
  accent: string;
  background: string;
  radius: number;
  css: string;
}

export type Settings = Look & Readonly<Record<string, unknown>>;

export interface ConfigRow {
  type: string;
  version: number;
  settings: Settings;
}

export interface OverlaysRow {
  version: number;
  panic: { at: string } | null;
  hidden: readonly string[];
}

export interface OverlaysSnapshot extends OverlaysRow {
  can: { hide: boolean };
  /** Viewers may see it: a session is live, or a platform says that it is. */
  live: boolean;
  build: string;
  server_time: string;
}

/** What a kind's folder has: how it is drawn. `settings` and `sources` are alive. */
export interface WidgetModule {
  Display: Component<DisplayProps>;
  /** Goes into the widget's own root: nothing of the page reaches in, nothing of it reaches out. */
  css: string;
}

export interface DisplayProps<S = Settings> {
  settings: S;
  sources: Sources;
  /** In a settings page's preview: nothing is heard, sound keeps quiet unless it is asked for. */
  preview: boolean;
}

/** Something a preview is told (`cuelight/widgets/contract.py`). */
export interface Frame {
  after_ms: number;
  topic: string;
  event: string;
  payload: Record<string, unknown>;
}
