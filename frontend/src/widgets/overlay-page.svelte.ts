/** What an overlay's page does beside drawing: it follows, sleeps while nobody sees it, renews itself, and reports. */

import type { LiveSocket } from "../live/connection";
import { endMotionWhileAsleep, sleep } from "./asleep";
import { OverlayStore, type Test } from "./overlay.svelte";
import { read, type Query } from "./query";
import { Renewal } from "./renewal";
import { Reporter } from "./reporter";
import { Sight } from "./sight";
import { Sources } from "./sources.svelte";
import type { ConfigRow, Frame, OverlayRow } from "./types";

export interface PageProps {
  studioId: number;
  overlay: OverlayRow;
  configs: Record<string, ConfigRow>;
  token: string;
  /** Where pictures of emotes may come from. */
  pictureOrigins: string[];
  build: string;
  /** By kind, with `?test=1`. */
  frames?: Record<string, Frame[]>;
}

export interface OverlayPage {
  store: OverlayStore;
  sources: Sources;
  query: Query;
  readonly trial: Readonly<Record<string, Sources>> | undefined;
  /** What the crew has asked to see, until its time is over. */
  readonly test: Test | undefined;
  broken: () => void;
}

export function startOverlay(
  { studioId, overlay, configs, build, frames, pictureOrigins }: PageProps,
  socket: LiveSocket,
  isThere: () => Promise<boolean>,
): OverlayPage {
  const query = read(location.search);
  const store = new OverlayStore(overlay, configs);
  const sources = new Sources(socket, studioId, pictureOrigins);
  sources.muted = query.mute;
  const sight = new Sight();
  let test = $state.raw<Test>();
  let testTimer: ReturnType<typeof setTimeout> | undefined;

  endMotionWhileAsleep();
  const renewal = new Renewal(build, {
    seen: () => sight.seen,
    empty: () => test === undefined && roots().every((root) => root.childElementCount === 0),
    ask: isThere,
    reload: () => location.reload(),
    storage: kept(),
  });
  sight.onChange(() => {
    sleep(!sight.visible, roots());
    void renewal.look();
  });

  const reporter = new Reporter(build, sight, (report) => store.report(report));
  store.onBuild = (newest) => renewal.told(newest);
  store.onJoined = () => reporter.tell();
  store.onTest = (asked) => {
    if (asked.what === "reload") {
      // Not into the arms of a server that is going away.
      void isThere().then((there) => there && location.reload());
      return;
    }
    clearTimeout(testTimer);
    test = asked;
    testTimer = setTimeout(() => (test = undefined), asked.seconds * 1000);
  };
  socket.onStatus((status) => {
    if (status === "signed out") store.over = true;
  });
  store.follow(socket, studioId, sources.clock);
  reporter.start();
  if (query.background) document.documentElement.style.background = query.background;

  let trial = $state.raw<Record<string, Sources>>();
  if (query.test && frames) void trials(frames, studioId, pictureOrigins).then((played) => (trial = played));
  return {
    store,
    sources,
    query,
    get trial() {
      return trial;
    },
    get test() {
      return test;
    },
    broken: () => renewal.broken(),
  };
}

async function trials(
  frames: Record<string, Frame[]>,
  studioId: number,
  pictureOrigins: readonly string[],
): Promise<Record<string, Sources>> {
  const { play } = await import("./preview-sources");
  const played = ([type, own]: [string, Frame[]]) =>
    [type, play(own, studioId, pictureOrigins).sources] as const;
  return Object.fromEntries(Object.entries(frames).map(played));
}

/** The widgets' own roots. */
function roots(): ShadowRoot[] {
  return [...document.querySelectorAll(".host")].flatMap(({ shadowRoot }) => shadowRoot ?? []);
}

/** A browser may be set to keep nothing. */
function kept(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}
