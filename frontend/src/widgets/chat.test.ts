import { describe, expect, it } from "vitest";
import type { StreamEvent } from "../streams/types";
import { KEPT, OverlayChatStore } from "./chat.svelte";
import { shown } from "./kinds/chat/shown";

const said = (id: number, text = `message ${id}`, more: Partial<StreamEvent> = {}): StreamEvent => ({
  id,
  platform: "twitch",
  platform_id: String(id),
  kind: "chat",
  at: "2026-11-22T18:00:00Z",
  user: { id: `u${id}`, name: `Viewer ${id}` },
  text,
  ...more,
});
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, place) => said(from + place));
/** Draws at once. */
const atOnce = () => new OverlayChatStore((then) => then() as unknown as number);
const ids = (store: OverlayChatStore) => store.talk.map(({ id }) => id);

describe("the chat of an overlay", () => {
  it("keeps the newest only, however long the show", () => {
    const store = atOnce();
    store.takeSnapshot({ events: range(1, 10), last_id: 10 });
    for (let id = 11; id <= 5_000; id += 1) store.takeEvents([said(id)]);
    expect(ids(store)).toEqual(range(5_000 - KEPT + 1, 5_000).map(({ id }) => id));
    expect(store.cameAt.size).toBe(KEPT);
  });

  it("does not heap up what comes while nothing is drawn", () => {
    let draw = () => {};
    const store = new OverlayChatStore((then) => ((draw = then), 1));
    for (let id = 1; id <= 1_000; id += 1) store.takeEvents([said(id)]);
    expect(ids(store)).toEqual([]);
    draw();
    expect(ids(store)).toHaveLength(KEPT);
    expect(store.talk.at(-1)?.id).toBe(1_000);
  });

  it("takes away what is removed, also what comes late or again", () => {
    const store = atOnce();
    store.takeSnapshot({ events: range(1, 3), last_id: 3 });
    store.remove([2, 4]);
    store.takeEvents([said(4), said(5)]);
    store.takeSnapshot({ events: range(1, 5), last_id: 5 });
    expect(ids(store)).toEqual([1, 3, 5]);
    store.restore([said(4)]);
    expect(ids(store)).toEqual([1, 3, 4, 5]);
  });

  it("after a break shows what there is now, and nothing that was removed meanwhile", () => {
    const store = atOnce();
    store.takeSnapshot({ events: range(1, 3), last_id: 3 });
    store.takeSnapshot({ events: [said(1), said(3), said(4)], last_id: 4 });
    expect(ids(store)).toEqual([1, 3, 4]);
  });

  it("leaves out a rehearsal's messages where anything is real, and notices of a platform", () => {
    const store = atOnce();
    store.takeSnapshot({ events: [said(1, "made up", { rehearsal: true })], last_id: 1 });
    expect(ids(store)).toEqual([1]);
    store.takeEvents([said(2), said(3, "slow mode is on", { kind: "system" })]);
    expect(ids(store)).toEqual([2]);
  });
});

describe("which messages are shown", () => {
  const wanted = { limit: 3, hide_commands: true, hide_names: "Nightbot, viewer 2", leave_after_s: 0 };
  const none = new Map<number, number>();

  it("are the newest, without commands and bots", () => {
    const talk = [...range(1, 5), said(6, "!discord")];
    expect(shown(talk, wanted, none, 0).map(({ id }) => id)).toEqual([3, 4, 5]);
    expect(shown(range(1, 3), wanted, none, 0).map(({ id }) => id)).toEqual([1, 3]);
  });

  it("leave after their time", () => {
    const cameAt = new Map([
      [3, 1_000],
      [4, 9_000],
    ]);
    const found = shown(range(3, 4), { ...wanted, leave_after_s: 5 }, cameAt, 10_000);
    expect(found.map(({ id }) => id)).toEqual([4]);
  });
});
