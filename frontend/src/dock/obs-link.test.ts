import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ObsLink, type ObsClient } from "./obs-link.svelte";
import { addressOf, KICKED, pause, streamsAfter } from "./obs-words";

/** The far end of the client library, under the test's hand. The protocol itself is told in e2e/test_dock_obs.py. */
class Line implements ObsClient {
  static all: Line[] = [];
  static opens: (line: Line) => Promise<unknown> = () => Promise.resolve({});
  listeners = new Map<string, ((data: never) => void)[]>();
  calls: [string, Record<string, unknown> | undefined][] = [];
  answers: Record<string, () => Promise<Record<string, unknown>>> = {
    GetSceneList: () =>
      Promise.resolve({
        scenes: [{ sceneName: "Break" }, { sceneName: "Wide" }],
        currentProgramSceneName: "Wide",
        currentPreviewSceneName: null,
      }),
    GetStreamStatus: () => Promise.resolve({ outputActive: false, outputReconnecting: false }),
    GetInputList: () => Promise.resolve({ inputs: [{ inputName: "Overlay" }] }),
  };

  constructor() {
    Line.all.push(this);
  }
  connect = () => Line.opens(this);
  disconnect = () => Promise.resolve();
  call = (request: string, data?: Record<string, unknown>) => {
    this.calls.push([request, data]);
    return (this.answers[request] ?? (() => Promise.resolve({})))();
  };
  on = (event: string, listener: (data: never) => void) =>
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  tell(event: string, data: unknown = {}): void {
    this.listeners.get(event)?.forEach((listener) => listener(data as never));
  }
  asked = (request: string) => this.calls.filter(([name]) => name === request).length;
}

const newest = () => Line.all.at(-1)!;
const link = () =>
  new ObsLink(
    () => Promise.resolve(new Line()),
    () => 0.5,
  );
const failing = (code: number) => () => Promise.reject(Object.assign(new Error("closed"), { code }));

beforeEach(() => {
  vi.useFakeTimers();
  Line.all = [];
  Line.opens = () => Promise.resolve({});
});
afterEach(() => vi.useRealTimers());

async function connected(): Promise<ObsLink> {
  const made = link();
  made.connect("ws://127.0.0.1:4455", "");
  await vi.advanceTimersByTimeAsync(0);
  expect(made.state).toBe("connected");
  return made;
}

test("scenes stand as OBS shows them, and what it says of its stream is known", async () => {
  const made = await connected();
  expect(made.scenes).toEqual(["Wide", "Break"]);
  expect([made.scene, made.streaming, made.sources]).toEqual(["Wide", false, ["Overlay"]]);
  newest().tell("StreamStateChanged", { outputActive: true, outputState: "OBS_WEBSOCKET_OUTPUT_STARTED" });
  expect([made.streaming, made.streamWords]).toEqual([true, "Streaming"]);
});

test("a wrong password and a kick are not tried again", async () => {
  for (const code of [4009, 4010, KICKED]) {
    Line.all = [];
    Line.opens = failing(code);
    const made = link();
    made.connect("ws://127.0.0.1:4455", "wrong");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(made.state).toBe("refused");
    expect(Line.all.length).toBe(1);
    expect(made.words).not.toBe("");
  }
});

test("an OBS that is not running is looked for again, more slowly each time, until it is there", async () => {
  Line.opens = failing(1006);
  const made = link();
  made.connect("ws://127.0.0.1:4455", "");
  await vi.advanceTimersByTimeAsync(0);
  expect(made.words).toContain("Is it running");
  await vi.advanceTimersByTimeAsync(500 + 1_000 + 2_000);
  expect(Line.all.length).toBe(4);
  Line.opens = () => Promise.resolve({});
  await vi.advanceTimersByTimeAsync(4_000);
  expect(made.state).toBe("connected");
});

test("when OBS is gone nothing is claimed of its stream, and a request that waits ends", async () => {
  const made = await connected();
  newest().answers["PressInputPropertiesButton"] = () => new Promise(() => {});
  const waiting = made.refresh("Overlay");
  await vi.advanceTimersByTimeAsync(0);
  newest().tell("ConnectionClosed", { code: 1006 });
  expect(await waiting).toContain("broken");
  expect([made.state, made.streaming, made.scene]).toEqual(["waiting", undefined, undefined]);
  await vi.advanceTimersByTimeAsync(500);
  expect(made.state).toBe("connected");
});

test("an OBS that was there is not asked for its address and settings, however long it is gone", async () => {
  const made = await connected();
  Line.opens = failing(1006);
  newest().tell("ConnectionClosed", { code: 1006 });
  for (const waited of [0, 500, 1_000, 2_000]) {
    await vi.advanceTimersByTimeAsync(waited);
    expect(made.words).toContain("Looking for it again");
  }
  made.connect("ws://127.0.0.1:4456", "");
  await vi.advanceTimersByTimeAsync(0);
  expect(made.words).toContain("Is it running");
});

test("a request that OBS is not ready for is made again", async () => {
  const made = await connected();
  let tries = 0;
  newest().answers["SetCurrentProgramScene"] = () =>
    (tries += 1) < 3
      ? Promise.reject(Object.assign(new Error("not ready"), { code: 207 }))
      : Promise.resolve({});
  const done = made.switchTo("Break");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await done).toBeUndefined();
  expect(tries).toBe(3);
});

test("while OBS changes its scene collection it is asked nothing", async () => {
  const made = await connected();
  newest().tell("CurrentSceneCollectionChanging");
  const done = made.refresh("Overlay");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(newest().asked("PressInputPropertiesButton")).toBe(0);
  newest().tell("CurrentSceneCollectionChanged");
  await vi.advanceTimersByTimeAsync(0);
  expect(await done).toBeUndefined();
  expect(newest().asked("PressInputPropertiesButton")).toBe(1);
  expect(newest().asked("GetSceneList")).toBe(2);
});

test("a scene that OBS does not have is not asked for", async () => {
  const made = await connected();
  expect(await made.switchTo("Nowhere")).toBe("OBS has no scene “Nowhere”.");
  expect(newest().asked("SetCurrentProgramScene")).toBe(0);
});

test("after it was closed by hand it stays closed", async () => {
  const made = await connected();
  made.close();
  newest().tell("ConnectionClosed", { code: 1000 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect([made.state, Line.all.length]).toEqual(["off", 1]);
});

test("pauses grow and are spread", () => {
  expect([1, 2, 3, 99].map((tries) => pause(tries, () => 0.5))).toEqual([500, 1_000, 2_000, 10_000]);
  expect(pause(1, () => 0)).toBe(375);
  expect(pause(1, () => 1)).toBe(625);
});

test("a stream that reconnects is not over", () => {
  expect(streamsAfter("OBS_WEBSOCKET_OUTPUT_RECONNECTING", false)).toBe(true);
  expect(streamsAfter("OBS_WEBSOCKET_OUTPUT_STOPPED", true)).toBe(false);
  expect(streamsAfter("OBS_WEBSOCKET_OUTPUT_STARTING", false)).toBe(false);
});

test("an address is what OBS shows", () => {
  expect(addressOf(" 192.168.1.20:4455/ ")).toBe("ws://192.168.1.20:4455");
  expect(addressOf("javascript:alert(1)")).toBeUndefined();
  expect(addressOf("")).toBeUndefined();
});
