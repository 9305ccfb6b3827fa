import { afterEach, describe, expect, it, vi } from "vitest";
import { lines, said, stepped, when } from "./document-history";
import { DocumentHistory } from "./document-history.svelte";

describe("lines", () => {
  it("have their pieces, and what stands on their newline", () => {
    const found = lines([
      { insert: "a", by: 1 },
      { insert: { cue: "Turn" }, by: 2 },
      { insert: "b\n\nc", by: 1 },
      { insert: "\n", attributes: { header: 1 }, mark: "added" },
    ]);
    expect(found.map(({ pieces }) => pieces.map(({ insert }) => said(insert)).join(""))).toEqual([
      "aTurnb",
      "",
      "c",
    ]);
    expect(found.map(({ block, mark }) => [block, mark])).toEqual([
      [{}, undefined],
      [{}, undefined],
      [{ header: 1 }, "added"],
    ]);
  });
});

it("never steps out of the versions there are", () => {
  expect([stepped(0, -1, 3), stepped(3, 1, 3), stepped(1, 1, 3)]).toEqual([0, 3, 2]);
});

it("says one moment once", () => {
  const at = "2026-11-21T10:00:01.000+00:00";
  expect(when({ began_at: at, ended_at: at }, "en")).not.toContain("–");
  expect(when({ began_at: at, ended_at: "2026-11-21T10:09:01.000+00:00" }, "en")).toContain("–");
});

describe("the page", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  /** Answers every question; returns the addresses that were asked. */
  function answered(answer: (address: string) => unknown): string[] {
    const asked: string[] = [];
    vi.stubGlobal("fetch", (address: string) => {
      asked.push(address);
      return Promise.resolve(new Response(JSON.stringify(answer(address))));
    });
    return asked;
  }

  it("shows the version that was asked for last, whichever answer comes last", async () => {
    const answers = new Map<string, (text: string) => void>();
    vi.stubGlobal(
      "fetch",
      (address: string) =>
        new Promise((done) =>
          answers.set(address, (text) =>
            done(new Response(JSON.stringify({ version: 4, ops: [{ insert: text }], authors: [4, 0] }))),
          ),
        ),
    );
    const history = new DocumentHistory("/documents/1/history", 9);
    const both = [history.look(3), history.look(4)];
    answers.get("/documents/1/history/versions/4")?.("four");
    answers.get("/documents/1/history/versions/3")?.("tree");
    await Promise.all(both);
    expect(history.ops).toEqual([{ insert: "four", attributes: {}, by: null }]);
  });

  it("says which version a folded one was kept as", async () => {
    answered(() => ({ version: 2, ops: [{ insert: "a\n" }], authors: [1, 7, 1, 0] }));
    const history = new DocumentHistory("/documents/1/history", 9);
    await history.look(4);
    expect(history.place).toBe("Version 4 of 9, kept as version 2");
    expect(history.ops).toEqual([
      { insert: "a", attributes: {}, by: 7 },
      { insert: "\n", attributes: {}, by: null },
    ]);
    await history.look(2);
    expect(history.place).toBe("Version 2 of 9");
  });

  it("plays what it was told in one answer, past changes that were folded", async () => {
    vi.useFakeTimers();
    const say = (insert: string, by: number) => [{ insert, attributes: { by } }];
    const steps = [
      { version: 2, change: [] },
      { version: 3, change: [{ retain: 1 }, ...say("b", 8)] },
      { version: 4, change: [{ delete: 1 }, { retain: 1, attributes: { bold: true } }] },
      { version: 5, change: [] },
    ];
    const asked = answered((address) =>
      address.includes("steps")
        ? { steps: address.includes("after=1&") ? steps : [] }
        : { version: 1, ops: [{ insert: "a\n" }], authors: [1, 7, 1, 0] },
    );
    const history = new DocumentHistory("/documents/1/history", 5);
    history.version = 1;
    history.play(true);
    const seen: string[] = [];
    for (let turn = 0; history.playing && turn < 9; turn += 1) {
      await vi.advanceTimersByTimeAsync(120);
      seen.push(`${history.version} ${history.ops.map(({ insert }) => insert).join("")}`);
    }
    expect(seen).toEqual(["3 ab\n", "4 b\n", "5 b\n"]);
    expect(history.ops[0]).toEqual({ insert: "b", attributes: { bold: true }, by: 8 });
    expect([history.playing, asked]).toEqual([
      false,
      ["/documents/1/history/versions/1", "/documents/1/history/steps?after=1&every=1"],
    ]);
  });

  it("stops, and what comes late changes nothing", async () => {
    vi.useFakeTimers();
    answered(() => ({ version: 0, ops: [{ insert: "\n" }], authors: [1, 0] }));
    const history = new DocumentHistory("/documents/1/history", 5);
    history.play(true);
    history.play(false);
    await vi.advanceTimersByTimeAsync(500);
    expect([history.playing, history.ops]).toEqual([false, []]);
  });

  it("says what went wrong, and offers no undo of what was not done", async () => {
    vi.stubGlobal("document", { querySelector: () => null });
    vi.stubGlobal("fetch", () =>
      Promise.resolve(new Response(JSON.stringify({ message: "You may not." }), { status: 403 })),
    );
    const history = new DocumentHistory("/documents/1/history", 9);
    await history.restore();
    expect([history.told, history.restored, history.busy]).toEqual(["You may not.", undefined, false]);
  });
});
