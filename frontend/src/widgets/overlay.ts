/** The page in OBS. It draws and listens; whatever happens to the server, it stays what it was and comes back. */

import { mount } from "svelte";
import { connect } from "../live/connection";
import "./overlay.css";
import Overlay from "./Overlay.svelte";
import { OverlayStore } from "./overlay.svelte";
import { Sources } from "./sources.svelte";
import type { ConfigRow, OverlayRow } from "./types";

interface Props {
  studioId: number;
  overlay: OverlayRow;
  configs: Record<string, ConfigRow>;
  token: string;
  pictureOrigins: string[];
}

const target = document.getElementById("overlay");
const text = document.getElementById("overlay-props")?.textContent;
if (target && text) {
  const { studioId, overlay, configs, token, pictureOrigins } = JSON.parse(text) as Props;
  const socket = connect({ token });
  const store = new OverlayStore(overlay, configs);
  const sources = new Sources(socket, studioId, pictureOrigins);
  store.follow(socket, studioId, sources.clock);
  mount(Overlay, { target, props: { store, sources } });
  target.dataset["ready"] = "true";
}
