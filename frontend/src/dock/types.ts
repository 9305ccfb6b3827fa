/** What the server says to docks; the same shapes as `cuelight/widgets/dock_queries.py`. */

import type { AirRow } from "../streams/types";

export interface RunningRow {
  id: number;
  name: string;
  status: string;
}

/** The page that speaks for OBS. `active`: whether OBS streams; null: it has not said. */
export interface DriverRow {
  holder: string;
  name: string;
  active: boolean | null;
  since: string;
}

export interface ScenesRow {
  /** By the product's id. */
  products: Readonly<Record<string, string>>;
  sections: Readonly<Record<string, string>>;
}

export interface NowRow {
  running: RunningRow | null;
  air: AirRow;
  driver: DriverRow | null;
}

export interface DocksSnapshot extends NowRow {
  scenes: ScenesRow;
  can: { obs: boolean; hide: boolean };
  widgets: readonly { type: string; name: string }[];
  server_time: string;
}

export interface DockProps {
  dockId: number;
  name: string;
  role: "control" | "watch";
  studioId: number;
  /** The session it follows; null: whichever runs. */
  sessionId: number | null;
  obsAddress: string;
  token: string;
}
