/** The recordings of the server's rules, replayed: before + events must give after. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { flushSync } from "svelte";
import { expect, test } from "vitest";
import { SessionStore } from "./session.svelte";
import type {
  Item,
  ItemsRefreshed,
  LineupChanged,
  LiveState,
  MetaSnapshot,
  SessionFacts,
  SettingsChanged,
  StateSnapshot,
} from "./types";

interface Recording {
  name: string;
  before: { state: StateSnapshot; meta: MetaSnapshot };
  events: { topic: "state" | "meta"; event: string; payload: unknown }[];
  after: {
    live: LiveState;
    items: Item[];
    session: SessionFacts;
    next: number | null;
    previous: number | null;
  };
}

const folder = fileURLToPath(new URL("../../../contracts/sessions/", import.meta.url));
const recordings = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => JSON.parse(readFileSync(folder + name, "utf8")) as Recording);

function tell(store: SessionStore, event: string, payload: unknown): void {
  if (event === "state_changed") store.stateChanged(payload as LiveState);
  else if (event === "lineup_changed") store.lineupChanged(payload as LineupChanged);
  else if (event === "settings_changed") store.settingsChanged(payload as SettingsChanged);
  else if (event === "items_refreshed") store.itemsRefreshed(payload as ItemsRefreshed);
  else if (event === "session_deleted") store.sessionDeleted();
  else throw new Error(`The store knows no ${event}.`);
}

test("there are recordings", () => {
  expect(recordings.length).toBeGreaterThan(20);
});

test.each(recordings)("$name", ({ before, events, after }) => {
  const store = new SessionStore();
  store.takeState(before.state);
  store.takeMeta(before.meta);
  for (const { event, payload } of events) tell(store, event, payload);
  flushSync();
  expect(store.live).toEqual(after.live);
  expect(store.items).toEqual(after.items);
  expect(store.session).toEqual(after.session);
  expect(store.next?.id ?? null).toBe(after.next);
  expect(store.onAir ? (store.earlier?.id ?? null) : after.previous).toBe(after.previous);
});

test.each(recordings)("$name, with every event told twice", ({ before, events, after }) => {
  const store = new SessionStore();
  store.takeState(before.state);
  store.takeMeta(before.meta);
  for (const { event, payload } of events.flatMap((one) => [one, one])) tell(store, event, payload);
  expect(store.live).toEqual(after.live);
  expect(store.items).toEqual(after.items);
});
