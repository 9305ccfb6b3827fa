/** The page in OBS. It draws and listens; whatever happens to the server, it stays what it was and comes back. */

import { mount } from "svelte";
import { connect } from "../live/connection";
import { dropThisPage, keepThisPage } from "../offline/overlay-link";
import "./overlay.css";
import Overlay from "./Overlay.svelte";
import { startOverlay, type PageProps } from "./overlay-page.svelte";

const target = document.getElementById("overlay");
const text = document.getElementById("overlay-props")?.textContent;
if (target && text) {
  const props = JSON.parse(text) as PageProps;
  const socket = connect({ token: props.token, signedIn: stillGood });
  mount(Overlay, { target, props: { page: startOverlay(props, socket, isThere) } });
  target.dataset["ready"] = "true";
  void keepThisPage();
}

/** A refused socket does not say why. Only the server itself says that the address is over; any other answer may pass. */
async function stillGood(): Promise<boolean | undefined> {
  const answer = await ask();
  if (answer?.ok) return true;
  if (answer?.headers.get("Cuelight-Overlay") !== "gone") return undefined;
  void dropThisPage();
  return false;
}

async function isThere(): Promise<boolean> {
  return (await ask())?.ok ?? false;
}

async function ask(): Promise<Response | undefined> {
  try {
    return await fetch(location.pathname, { method: "HEAD", cache: "no-store", credentials: "omit" });
  } catch {
    return undefined;
  }
}
