import "@fontsource-variable/inter";
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/parts.css";
import "./ui/office.css";
import "./ui/sidebar.css";
import "./accounts/entrance.css";
import "./accounts/studio.css";
import "./catalog/catalog.css";
import "./catalog/shopify.css";
import "./sessions/history.css";
import "./sessions/list.css";
import "./sessions/paper.css";
import "./streams/history.css";
import "./documents/list.css";
import "./studio/studio.css";
import "./dock/docks.css";
import "./widgets/list.css";
import { mount, unmount, type Component } from "svelte";
import { startDocuments } from "./documents/office";
import { forgetAtSignOut } from "./offline/forget";
import { startOffice } from "./sessions/office";
import { offerCopies } from "./ui/copy";
import { offerReveals } from "./ui/reveal";
import { localise } from "./ui/local-time";
import { followSidebar } from "./ui/sidebar";
import { followTheme } from "./ui/theme";
import { uncoverAddresses } from "./widgets/office";

// Each island is a chunk of its own; a page loads only what it shows.
const islands = import.meta.glob<{ default: Component<Record<string, unknown>> }>("./**/*.island.svelte");

function loader(name: string) {
  const path = Object.keys(islands).find((key) => key.endsWith(`/${name}.island.svelte`));
  return path === undefined ? undefined : islands[path];
}

async function start(element: HTMLElement): Promise<void> {
  const load = loader(element.dataset.island ?? "");
  if (!load) throw new Error(`There is no island ${element.dataset.island}.`);
  const text = document.getElementById(element.dataset.props ?? "")?.textContent;
  const { default: island } = await load();
  const mounted = mount(island, { target: element, props: JSON.parse(text || "{}") });
  // From now on it hears keys and clicks; until then a story that presses some would wait in vain.
  element.dataset.ready = "true";
  addEventListener("pagehide", (event) => {
    // A page kept for the back button stays alive; its socket reconnects when it is shown again.
    if (!event.persisted) void unmount(mounted);
  });
}

localise(document);
offerCopies(document);
offerReveals(document);
startOffice(document);
startDocuments(document);
uncoverAddresses(document);
// On a phone the tab one is at may be beyond the edge.
document.querySelector(".tab[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
document.querySelector("[data-prints]")?.addEventListener("click", () => print());
for (const element of document.querySelectorAll<HTMLElement>("[data-island]")) void start(element);
followTheme();
followSidebar();
forgetAtSignOut();
