/** The page of a document's history: which version is looked at, what it is compared with, what is done with it. */

import {
  ask,
  HistoryError,
  pieces,
  signed,
  stepped,
  type Author,
  type Named,
  type Piece,
  type Restored,
  type Step,
  type Stretch,
  type Version,
  type Versions,
} from "./document-history";

/** Milliseconds between two steps of play-back: all of a document in about half a minute, but never a blur. */
const SHORTEST_STEP = 120;
const WHOLE = 30_000;

export class DocumentHistory {
  newest = $state(0);
  stretches = $state.raw<Stretch[]>([]);
  authors = $state.raw<Author[]>([]);
  named = $state.raw<Named[]>([]);
  /** The version that is looked at, and the one on the screen: until the answer is there they differ. */
  version = $state(0);
  ops = $state.raw<Piece[]>([]);
  /** The version that the text is of: an earlier one where the one looked at was folded. */
  kept = $state(0);
  /** Whether what the stretch changed is marked, instead of who wrote what. */
  comparing = $state(false);
  playing = $state(false);
  told = $state("");
  restored = $state.raw<Restored>();
  busy = $state(false);
  hasEarlier = $state(false);
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts what was started and stopped of play-back: what comes late for one belongs to none. */
  private run = 0;

  constructor(
    private readonly address: string,
    newest: number,
  ) {
    this.newest = this.version = this.kept = newest;
  }

  /** Where this is, in words. */
  get place(): string {
    const is = `Version ${this.version} of ${this.newest}`;
    return this.kept < this.version ? `${is}, kept as version ${this.kept}` : is;
  }

  get chosen(): Stretch | undefined {
    return this.stretches.find(({ first, last }) => first <= this.version && this.version <= last);
  }

  get name(): string {
    return this.named.find(({ version }) => version === this.version)?.name ?? "";
  }

  author = (id: number | null | undefined): Author | undefined =>
    this.authors.find((one) => one.id === (id ?? null));

  async load(): Promise<void> {
    await this.trying(async () => {
      const all = await ask<Versions>(`${this.address}/versions`);
      Object.assign(this, {
        newest: all.version,
        stretches: all.stretches,
        authors: all.authors,
        named: all.named,
      });
      this.hasEarlier = (all.stretches.at(-1)?.first ?? 1) > 1;
    });
    await this.look(this.version);
  }

  async loadEarlier(): Promise<void> {
    const before = this.stretches.at(-1)?.first;
    if (before === undefined) return;
    await this.trying(async () => {
      const { stretches } = await ask<Versions>(`${this.address}/versions?before=${before}`);
      this.stretches = [...this.stretches, ...stretches];
      this.hasEarlier = (stretches.at(-1)?.first ?? 1) > 1;
    });
  }

  /** Shows a version; of several that were asked for the last one counts. */
  async look(version: number): Promise<void> {
    this.version = this.kept = version;
    const { comparing, chosen } = this;
    const from = chosen ? chosen.first - 1 : Math.max(0, version - 1);
    await this.trying(async () => {
      const found = comparing
        ? await ask<{ version: number; ops: Piece[] }>(`${this.address}/diff?from=${from}&to=${version}`)
        : await this.read(version);
      if (this.version !== version || this.comparing !== comparing) return;
      this.ops = found.ops;
      this.kept = found.version;
    });
  }

  private async read(version: number): Promise<{ version: number; ops: Piece[] }> {
    const found = await ask<Version>(`${this.address}/versions/${version}`);
    return { version: found.version, ops: pieces(signed(found)) };
  }

  step(by: number): Promise<void> {
    return this.look(stepped(this.version, by, this.newest));
  }

  /** The stretch before or after this one, at its end. */
  async stretch(by: number): Promise<void> {
    const at = this.stretches.findIndex((one) => one === this.chosen);
    if (by > 0 && at === this.stretches.length - 1 && this.hasEarlier) await this.loadEarlier();
    const next = this.stretches[Math.max(0, at + by)];
    if (next) await this.look(next.last);
  }

  compare(on: boolean): Promise<void> {
    this.comparing = on;
    return this.look(this.version);
  }

  /** From here to the newest, or from the beginning if this is the newest. What is shown in between is made here. */
  play(on: boolean): void {
    clearTimeout(this.timer);
    this.playing = on;
    this.run += 1;
    if (!on) return;
    this.comparing = false;
    void this.trying(() => this.playFrom(this.version >= this.newest ? 0 : this.version, this.run));
  }

  private async playFrom(version: number, run: number): Promise<void> {
    const every = Math.max(1, Math.ceil((this.newest * SHORTEST_STEP) / WHOLE));
    const isOver = () => run !== this.run;
    this.version = version;
    const first = await ask<Version>(`${this.address}/versions/${version}`);
    let text = signed(first);
    let at = version;
    let steps: Step[] = [];
    const show = () => {
      this.newest = Math.max(this.newest, at);
      Object.assign(this, { ops: pieces(text), version: at, kept: at });
    };
    if (isOver()) return;
    show();
    while (at < this.newest) {
      const shown = new Promise((over) => (this.timer = setTimeout(over, SHORTEST_STEP)));
      if (!steps.length)
        ({ steps } = await ask<{ steps: Step[] }>(`${this.address}/steps?after=${at}&every=${every}`));
      // Changes that were folded into a later one show nothing by themselves.
      const next = steps.findIndex(({ change }) => change.length) + 1 || steps.length;
      if (!next) break;
      for (const step of steps.slice(0, next)) [text, at] = [text.apply(step.change), step.version];
      steps = steps.slice(next);
      await shown;
      if (isOver()) return;
      show();
    }
    this.playing = false;
  }

  async rename(name: string): Promise<void> {
    await this.trying(async () => {
      const { version } = this;
      const { named } = await ask<{ named: Named[] }>(`${this.address}/name`, { version, name });
      this.named = named;
      this.told = name ? `Version ${version} is named “${name}” and kept.` : "The name is gone.";
    });
  }

  /** The text becomes what it was at this version. */
  async restore(): Promise<void> {
    const { version } = this;
    await this.forward("/restore", { version }, (did) =>
      did.first > did.last
        ? "The document is like that already."
        : `The document is what it was at version ${version}.`,
    );
  }

  async undo(): Promise<void> {
    const last = this.restored;
    if (!last || this.busy) return;
    this.restored = undefined;
    await this.forward(
      "/undo",
      { first: last.first, last: last.last },
      () => "The restore is taken back.",
      false,
    );
  }

  private async forward(
    path: string,
    body: Record<string, unknown>,
    says: (did: Restored) => string,
    undoable = true,
  ): Promise<void> {
    if (this.busy) return; // a double-click asks once
    this.busy = true;
    this.play(false);
    await this.trying(async () => {
      const did = await ask<Restored>(this.address + path, { ...body, op_id: crypto.randomUUID() });
      this.restored = undoable && did.first <= did.last ? did : undefined;
      this.told = says(did);
      // The newest first: a slider cuts off what is beyond its end.
      this.newest = Math.max(this.newest, did.version);
      this.version = did.version;
    });
    this.busy = false;
    await this.load();
  }

  private async trying(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      this.told = error.message;
      this.play(false);
    }
  }
}
