/**
 * The line to one OBS, over obs-websocket 5: scenes, sources, whether it streams. It comes back by itself, unless OBS has
 * said why it should not. No DOM.
 */

import { AUTH_FAILED, final, NOT_READY, pause, place, streamsAfter, streamWords } from "./obs-words";

export type LinkState = "off" | "connecting" | "connected" | "waiting" | "refused";

/** What is used of `obs-websocket-js`. */
export interface ObsClient {
  connect: (url: string, password?: string, how?: { eventSubscriptions: number }) => Promise<unknown>;
  disconnect: () => Promise<void>;
  call: (request: string, data?: Record<string, unknown>) => Promise<Record<string, unknown>>;
  on: (event: string, listener: (data: never) => void) => unknown;
}

export type MakeClient = () => Promise<ObsClient>;

/** Loaded when somebody connects: most pages never do. */
const official: MakeClient = async () => {
  const { default: Client } = await import("obs-websocket-js/json");
  return new Client() as unknown as ObsClient;
};

/** General, Config, Scenes, Inputs, Outputs, Ui. */
const EVENTS = 1 | 2 | 4 | 8 | 64 | 1024;
/** Milliseconds for a handshake, and for an answer. */
const PATIENCE_MS = 5_000;
const NOT_READY_PAUSE_MS = 400;
const NOT_READY_TRIES = 20;

class Gone extends Error {}

interface Scene {
  sceneName: string;
}

export class ObsLink {
  state = $state<LinkState>("off");
  /** What goes on, as a sentence. */
  words = $state("");
  /** As OBS lists them, from the top. */
  scenes = $state.raw<readonly string[]>([]);
  /** What is on the stream. */
  scene = $state<string>();
  studioMode = $state(false);
  /** Undefined: it has not said. */
  streaming = $state<boolean>();
  /** Browser sources, which can be refreshed. */
  sources = $state.raw<readonly string[]>([]);
  private outputState = $state("");
  streamWords = $derived(streamWords(this.outputState, this.streaming));

  private client: ObsClient | undefined;
  private end: (why: Gone) => void = () => {};
  private ended: Promise<never> = new Promise(() => {});
  private tries = 0;
  /** It has answered at this address: where it listens, and that it may be asked, is right. */
  private hasAnswered = false;
  /** Counts the connections that were wanted: what belongs to an earlier one is over. */
  private run = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private address = "";
  private password = "";
  /** While OBS changes its scene collection it is asked nothing. */
  private changing: Promise<void> | undefined;
  private changed: () => void = () => {};

  constructor(
    private readonly make: MakeClient = official,
    private readonly random: () => number = Math.random,
  ) {}

  connect(address: string, password: string): void {
    this.close();
    Object.assign(this, { address, password, tries: 0, hasAnswered: false });
    void this.attempt(this.run);
  }

  /** For good, until somebody connects again. */
  close(): void {
    this.run += 1;
    clearTimeout(this.timer);
    this.lost(new Gone("The dock has let go of OBS."));
    void this.client?.disconnect().catch(() => {});
    this.client = undefined;
    this.state = "off";
    this.words = "";
  }

  /** Puts a scene on the stream. Gives the sentence why not. */
  async switchTo(scene: string): Promise<string | undefined> {
    if (!this.scenes.includes(scene)) return `OBS has no scene “${scene}”.`;
    return this.tried(this.ask("SetCurrentProgramScene", { sceneName: scene }));
  }

  /** Loads a browser source anew. Gives the sentence why not. */
  refresh(source: string): Promise<string | undefined> {
    const asked = { inputName: source, propertyName: "refreshnocache" };
    return this.tried(this.ask("PressInputPropertiesButton", asked));
  }

  private async tried(what: Promise<unknown>): Promise<string | undefined> {
    try {
      await what;
      return undefined;
    } catch (error) {
      return error instanceof Error && error.message ? `OBS: ${error.message}` : "OBS has refused this.";
    }
  }

  private async attempt(run: number): Promise<void> {
    this.state = this.tries === 0 ? "connecting" : "waiting";
    if (this.tries === 0) this.words = `Connecting to OBS at ${place(this.address)}…`;
    this.ended = new Promise((_, reject) => (this.end = reject));
    this.ended.catch(() => {});
    try {
      const client = await this.make();
      if (run !== this.run) return;
      this.client = client;
      this.hear(client, run);
      await within(client.connect(this.address, this.password, { eventSubscriptions: EVENTS }));
      if (run !== this.run) return void client.disconnect();
      await this.read();
      if (run !== this.run) return;
      this.tries = 0;
      this.hasAnswered = true;
      this.state = "connected";
      this.words = `Connected to OBS at ${place(this.address)}`;
    } catch (error) {
      if (run === this.run) this.failed(codeOf(error), run);
    }
  }

  private hear(client: ObsClient, run: number): void {
    const on = <Data>(event: string, take: (data: Data) => void) =>
      client.on(event, (data: Data) => run === this.run && client === this.client && take(data));
    on("ConnectionClosed", (error: unknown) => {
      // One that was never open is the attempt's to tell.
      if (this.state === "connected") this.failed(codeOf(error), run);
    });
    on("CurrentProgramSceneChanged", ({ sceneName }: Scene) => (this.scene = sceneName));
    on("SceneListChanged", () => void this.tried(this.readScenes()));
    on("SceneNameChanged", () => void this.tried(this.readScenes()));
    on("StudioModeStateChanged", (data: { studioModeEnabled: boolean }) => {
      this.studioMode = data.studioModeEnabled;
    });
    for (const event of ["InputCreated", "InputRemoved", "InputNameChanged"])
      on(event, () => void this.tried(this.readSources()));
    on("StreamStateChanged", (data: { outputActive: boolean; outputState: string }) => {
      this.outputState = data.outputState;
      this.streaming = streamsAfter(data.outputState, data.outputActive);
    });
    on("CurrentSceneCollectionChanging", () => {
      this.changing ??= new Promise((resolve) => (this.changed = resolve));
      this.words = "OBS changes its scene collection…";
    });
    on("CurrentSceneCollectionChanged", () => {
      this.settle();
      this.words = `Connected to OBS at ${place(this.address)}`;
      void this.tried(this.read());
    });
    on("ExitStarted", () => (this.words = "OBS is closing."));
  }

  private async read(): Promise<void> {
    await this.readScenes();
    const stream = await this.ask("GetStreamStatus");
    this.streaming = stream["outputActive"] === true;
    this.outputState = stream["outputReconnecting"] === true ? "OBS_WEBSOCKET_OUTPUT_RECONNECTING" : "";
    await this.readSources();
  }

  private async readScenes(): Promise<void> {
    const found = await this.ask("GetSceneList");
    // OBS counts from the bottom.
    this.scenes = (found["scenes"] as Scene[]).map(({ sceneName }) => sceneName).toReversed();
    this.scene = (found["currentProgramSceneName"] as string | null) ?? undefined;
    this.studioMode = (found["currentPreviewSceneName"] ?? null) !== null;
  }

  private async readSources(): Promise<void> {
    const found = await this.ask("GetInputList", { inputKind: "browser_source" });
    this.sources = (found["inputs"] as { inputName: string }[]).map(({ inputName }) => inputName);
  }

  /** One request: it waits while OBS is not ready, and ends with the connection. */
  private async ask(request: string, data?: Record<string, unknown>): Promise<Record<string, unknown>> {
    for (let tries = 1; ; tries += 1) {
      if (this.changing) await Promise.race([this.changing, this.ended]);
      if (!this.client) throw new Gone("OBS is not connected.");
      try {
        return (await within(Promise.race([this.client.call(request, data), this.ended]))) ?? {};
      } catch (error) {
        if (codeOf(error) !== NOT_READY || tries >= NOT_READY_TRIES) throw error;
        await Promise.race([new Promise((resolve) => setTimeout(resolve, NOT_READY_PAUSE_MS)), this.ended]);
      }
    }
  }

  private failed(code: number, run: number): void {
    const client = this.client;
    this.client = undefined;
    void client?.disconnect().catch(() => {});
    this.lost(new Gone("The connection to OBS has broken."));
    const why = final(code);
    if (why) {
      this.state = "refused";
      this.words = code === AUTH_FAILED && !this.password ? "OBS asks for a password." : why;
      return;
    }
    this.tries += 1;
    this.state = "waiting";
    this.words = this.hasAnswered
      ? "OBS is gone. Looking for it again…"
      : `OBS does not answer at ${place(this.address)}. Is it running, with its WebSocket server on? Trying again…`;
    this.timer = setTimeout(() => void this.attempt(run), pause(this.tries, this.random));
  }

  /** Nothing is known any more of what OBS does. */
  private lost(why: Gone): void {
    this.end(why);
    this.settle();
    this.streaming = undefined;
    this.scene = undefined;
    this.outputState = "";
  }

  private settle(): void {
    this.changed();
    this.changing = undefined;
  }
}

function within<Result>(what: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Gone("OBS does not answer.")), PATIENCE_MS);
  });
  return Promise.race([what, late]).finally(() => clearTimeout(timer));
}

const codeOf = (error: unknown): number =>
  typeof error === "object" && error !== null && "code" in error ? Number(error.code) : 0;
