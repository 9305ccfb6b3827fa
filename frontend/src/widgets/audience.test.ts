import { expect, test } from "vitest";
import { AudienceStore, KEPT, type AudienceRow, type PublicEvent } from "./audience.svelte";
import { Sources } from "./sources.svelte";

const NOTHING: AudienceRow = {
  rehearsal: false,
  viewers: null,
  followers: null,
  latest: [],
  goals: {},
  supporters: [],
  question: null,
  clock: null,
};
const event = (id: number): PublicEvent => ({
  id,
  platform: "twitch",
  kind: "follow",
  at: "2026-11-22T18:00:00Z",
});
const ids = (store: AudienceStore) => store.latest.map(({ id }) => id);

test("a part that is told replaces its own and nothing else", () => {
  const store = new AudienceStore();
  store.take("snapshot", { ...NOTHING, viewers: { total: 12, by: { twitch: 12 } }, rehearsal: true });
  store.take("followers", { followers: { total: 3, by: { twitch: 3 } } });
  expect([store.viewers?.total, store.followers?.total, store.rehearsal]).toEqual([12, 3, true]);
  store.take("viewers", { viewers: null });
  expect([store.viewers, store.followers?.total]).toEqual([null, 3]);
});

test("what happens comes first, each once, and only so many are kept", () => {
  const store = new AudienceStore();
  store.take("snapshot", { ...NOTHING, latest: [event(2), event(1)] });
  store.take("latest", { events: [event(3), event(2)] });
  expect(ids(store)).toEqual([3, 2, 1]);
  store.take("latest", { events: Array.from({ length: 100 }, (_, place) => event(200 - place)) });
  expect(store.latest.length).toBe(KEPT);
  expect(ids(store)[0]).toBe(200);
});

test("what a moderator hides is gone", () => {
  const store = new AudienceStore();
  store.take("snapshot", { ...NOTHING, latest: [event(2), event(1)] });
  store.take("removed", { ids: [2, 99] });
  expect(ids(store)).toEqual([1]);
});

test("when something real goes live, nothing of the rehearsal stays", () => {
  const store = new AudienceStore();
  store.take("snapshot", { ...NOTHING, latest: [event(2)], viewers: { total: 900, by: { simulator: 900 } } });
  store.take("audience_changed", { ...NOTHING, latest: [event(1)] });
  expect(ids(store)).toEqual([1]);
  expect(store.viewers).toBeNull();
});

test("a preview feeds the same store", () => {
  const sources = new Sources(undefined, 1);
  sources.take("audience", "viewers", { viewers: { total: 5, by: {} } });
  expect(sources.audience.viewers?.total).toBe(5);
});
