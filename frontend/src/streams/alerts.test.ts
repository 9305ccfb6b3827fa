/** The recordings of the server's rules, replayed: before + events must give after. And what an overlay draws. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { AlertsStore, type AlertsSnapshot, type AlertsState, type ShowingAlert } from "./alerts.svelte";

interface Recording {
  name: string;
  before: AlertsSnapshot;
  events: AlertsState[];
  after: AlertsState;
  overlay: AlertsState;
}

const folder = fileURLToPath(new URL("../../../contracts/alerts/", import.meta.url));
const recordings = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => JSON.parse(readFileSync(folder + name, "utf8")) as Recording);

function held(store: AlertsStore): Partial<AlertsState> {
  return {
    version: store.version,
    paused: store.paused,
    held: store.held,
    held_at: store.heldAt,
    gap_ms: store.gapMs,
    waiting: store.waiting,
    showing: store.showing,
    queue: store.queue,
    recent: store.recent,
    overlays: store.overlays,
  };
}

test("there are recordings", () => {
  expect(recordings.length).toBeGreaterThan(15);
});

test.each(recordings)("$name", ({ before, events, after }) => {
  const store = new AlertsStore();
  store.takeSnapshot(before);
  for (const event of events) store.take(event);
  expect(after).toMatchObject(held(store));
});

test.each(recordings)("$name, with what is older told again after it", ({ before, events, after }) => {
  const store = new AlertsStore();
  store.takeSnapshot(before);
  for (const event of [...events, ...events]) store.take(event);
  store.take(before);
  expect(after).toMatchObject(held(store));
});

const SNAPSHOT = recordings.find(({ name }) => name === "pause")!.before;
const showing = (id: number, run = 0): ShowingAlert => ({ ...SNAPSHOT.showing!, id, run });

/** A store that stands for an overlay whose socket hears nothing. */
function overlay(): { store: AlertsStore; joined: () => unknown } {
  const store = new AlertsStore();
  let params: unknown;
  const channel = {
    onError: () => 0,
    onClose: () => 0,
    on: () => 0,
    join: () => push,
    push: () => push,
  };
  const push = { receive: () => push };
  const socket = {
    socket: { channel: (_: string, given: unknown) => ((params = given), channel) },
    onStatus: () => undefined,
    close: () => undefined,
  };
  store.follow(socket as never, 1, { as: "overlay" });
  return { store, joined: () => (params as () => unknown)() };
}

test("an overlay draws an alert once, though the server starts it again", () => {
  const { store, joined } = overlay();
  store.takeSnapshot({ ...SNAPSHOT, version: 1, showing: showing(7) });
  store.begun(7);
  expect(joined()).toMatchObject({ as: "overlay", begun: [{ id: 7, run: 0 }] });
  // The line was cut and is back while it is being drawn: it goes on.
  store.takeSnapshot({ ...SNAPSHOT, version: 1, showing: showing(7) });
  expect(store.showing?.id).toBe(7);
  store.take({ ...SNAPSHOT, version: 2, showing: null });
  store.take({ ...SNAPSHOT, version: 3, showing: showing(7) });
  expect(store.showing).toBeNull();
  // Shown again by hand it is another drawing.
  store.take({ ...SNAPSHOT, version: 4, showing: showing(7, 1) });
  expect(store.showing?.run).toBe(1);
});

test("one that was never begun is drawn when it comes again", () => {
  const { store } = overlay();
  store.takeSnapshot({ ...SNAPSHOT, version: 1, showing: showing(7) });
  store.take({ ...SNAPSHOT, version: 2, showing: null });
  store.take({ ...SNAPSHOT, version: 3, showing: showing(7) });
  expect(store.showing?.id).toBe(7);
});

test("what is left stands still while everything is held", () => {
  const store = new AlertsStore();
  const until = "2026-11-27T18:00:10.000Z";
  store.takeSnapshot({ ...SNAPSHOT, showing: { ...showing(7), until } });
  expect(store.left(Date.parse(until) - 4_000)).toBe(4_000);
  store.take({
    ...SNAPSHOT,
    showing: { ...showing(7), until },
    held: true,
    held_at: "2026-11-27T18:00:03.000Z",
  });
  expect(store.left(Date.parse(until) + 60_000)).toBe(7_000);
});
