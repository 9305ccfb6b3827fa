/** The session builder: what is done to the lineup from here, and what is told of what others do. No DOM. */

import { Refused } from "../../live/channel";
import { whole } from "../../lib/text";
import type { Refused as Refusal } from "../../live/channel";
import { Field, type Value } from "../quick-edit.svelte";
import type { SessionStore } from "../session.svelte";
import type { Item, LineupChanged, OwnValues, SessionFacts, SettingChanges } from "../types";
import { SESSION_KINDS } from "./fields";
import { hasHeading, restOfRun, runs, step, stepRun, times, type Move, type Run } from "./order";
import { Selection } from "./selection.svelte";

/** What the lineup is drawn of, from above. */
export type Entry =
  { key: string; run: Run; item?: undefined } | { key: string; run: Run; item: Item; place: number };

export interface Said {
  text: string;
  /** The version that its Undo takes back. */
  version?: number | undefined;
}

const products = (count: number): string =>
  `${count.toLocaleString("en")} ${count === 1 ? "product" : "products"}`;

/** What a colleague did, where it is more than a word in a field. */
const DEEDS: Readonly<Record<string, (count: number) => string>> = {
  add_items: (count) => `added ${products(count)}`,
  add_item: (count) => `added ${products(count)}`,
  remove_items: (count) => `took ${products(count)} out`,
  remove_item: (count) => `took ${products(count)} out`,
  move_items: () => "moved products",
  move_item: () => "moved a product",
  renumber: () => "numbered the lineup from 1",
  undo: () => "took a change back",
  redo: () => "did a change again",
};

export class Builder {
  readonly selection = new Selection();
  collapsed = $state.raw<ReadonlySet<string>>(new Set());
  /** The heading whose name is being typed; `from`: a section that begins at this line. */
  naming = $state.raw<{ key: string } | { from: number }>();
  toast = $state.raw<Said>();
  /** For who listens: what the keys have done. */
  spoken = $state("");
  savedAt = $state.raw<Date>();

  readonly runs = $derived.by(() => runs(this.store.items));
  readonly entries = $derived.by((): Entry[] =>
    this.runs.flatMap((run) => {
      const lines = this.collapsed.has(run.key)
        ? []
        : run.items.map((item, index) => ({ key: String(item.id), run, item, place: run.at + index }));
      return hasHeading(run) ? [{ key: run.key, run }, ...lines] : lines;
    }),
  );
  readonly times = $derived.by(() =>
    times(this.store.items, this.store.session ?? { duration_minutes: 180, scheduled_at: null }),
  );
  /** The line at hand, and all that are picked, in their order. */
  readonly item = $derived.by(() => this.store.items.find(({ id }) => id === this.selection.at));
  readonly picked = $derived.by(() => this.store.items.filter(({ id }) => this.selection.picked.has(id)));
  /** Product id → the number it has in the lineup. */
  readonly numbers = $derived.by(
    () => new Map(this.store.items.toReversed().map(({ product_id, position }) => [product_id, position])),
  );

  private moving: Promise<void> = Promise.resolve();

  constructor(readonly store: SessionStore) {
    store.onLineup = (change) => this.tellOfColleague(change);
  }

  // What is done.

  /** Puts products behind the line at hand, or at the end. The refusal's sentence when it cannot be. */
  async add(productIds: readonly number[], again = false): Promise<string | undefined> {
    if (productIds.length === 0) return undefined;
    const { items } = this.store;
    const at = items.findIndex(({ id }) => id === this.selection.at);
    const to_index = at < 0 ? items.length : at + 1;
    const known = new Set(items.map(({ id }) => id));
    const payload = { product_ids: [...productIds], to_index, ...(again && { again }) };
    const done = await this.store.build("add_items", payload, `add ${products(productIds.length)}`, [
      "already_in_lineup",
      "lineup_full",
    ]);
    if (done instanceof Refused) return done.message;
    const added = this.store.items.filter(({ id }) => !known.has(id));
    const mine = added.filter(({ product_id }) => productIds.includes(product_id));
    // The next goes behind these.
    if (mine.length) this.selection.to(mine.at(-1)!.id);
    const name =
      mine.length === 1 ? `${mine[0]!.position} · ${nameOf(mine[0]!)}` : products(productIds.length);
    if (productIds.length > 1) this.toast = { text: `Added ${name}`, version: done };
    this.spoken = `Added ${name}`;
    return undefined;
  }

  async remove(): Promise<void> {
    const { picked } = this;
    if (picked.length === 0) return;
    const what =
      picked.length === 1 ? `${picked[0]!.position} · ${nameOf(picked[0]!)}` : products(picked.length);
    const done = await this.store.build(
      "remove_items",
      { item_ids: picked.map(({ id }) => id) },
      `take out ${what}`,
    );
    if (!(done instanceof Refused)) this.toast = { text: `Took out ${what}`, version: done };
  }

  move(way: 1 | -1): Promise<void> {
    return this.next(() => this.carryOut(step(this.store.items, this.selection.picked, way)));
  }

  moveRun(run: Run, way: 1 | -1): Promise<void> {
    const what = `section ${run.section || "without a name"}`;
    return this.next(() => this.carryOut(stepRun(this.store.items, run.key, way), what));
  }

  /** Steps one after another: each begins where the one before has led, also when keys are faster than the network. */
  private next(move: () => Promise<void>): Promise<void> {
    return (this.moving = this.moving.then(move));
  }

  async carryOut(move: Move | undefined, what?: string): Promise<void> {
    if (!move) {
      this.spoken = "There is nowhere to go";
      return;
    }
    const done = await this.store.build("move_items", { ...move }, "move products");
    if (done instanceof Refused) return;
    const first = this.store.items.findIndex(({ id }) => id === move.item_ids[0]);
    const item = this.store.items[first];
    if (!item) return;
    const moved = what ?? (move.item_ids.length === 1 ? nameOf(item) : products(move.item_ids.length));
    const section = item.section ? `, in ${item.section}` : "";
    this.spoken = `Moved ${moved} to place ${first + 1} of ${this.store.items.length}${section}`;
  }

  /** Own values for all that are picked; the refusal's sentence when they cannot be. */
  async override(
    changes: Partial<OwnValues>,
    ids = this.picked.map(({ id }) => id),
  ): Promise<string | undefined> {
    if (ids.length === 0) return undefined;
    const sent = Object.fromEntries(
      Object.entries(changes).map(([name, value]) => [
        name,
        typeof value === "string" ? whole(value) : value,
      ]),
    );
    const done = await this.store.build(
      "override_items",
      { item_ids: ids, changes: sent },
      "change of products",
      [
        "sale_above_original",
        "invalid_price",
        "danger_above_warn",
        "invalid_section",
        "invalid_duration",
        "invalid_value",
      ],
    );
    return done instanceof Refused ? done.message : undefined;
  }

  async toggleSkipped(): Promise<void> {
    const { picked } = this;
    if (picked.length === 0) return;
    const skipped = !picked.every((one) => one.skipped);
    const why = await this.override({ skipped });
    if (why === undefined)
      this.spoken = `${picked.length === 1 ? nameOf(picked[0]!) : products(picked.length)}: ${
        skipped ? "skipped" : "not skipped any more"
      }`;
  }

  async revert(): Promise<void> {
    const own = this.picked.filter(
      ({ overridden, document_id }) => overridden?.length || document_id !== null,
    );
    if (own.length === 0) return;
    const done = await this.store.build("revert_items", { item_ids: own.map(({ id }) => id) });
    const what = own.length === 1 ? nameOf(own[0]!) : products(own.length);
    if (!(done instanceof Refused)) this.toast = { text: `${what}: back to the product`, version: done };
  }

  /** Begins to write a line's talking points together, or ends it: what the document says stays the line's. */
  async sharePoints(item: Item, share: boolean): Promise<void> {
    const event = share ? "share_points" : "unshare_points";
    const done = await this.store.build(event, { item_id: item.id }, "talking points");
    const what = share ? "written together from now on" : "talking points of its own again";
    if (!(done instanceof Refused)) this.toast = { text: `${nameOf(item)}: ${what}`, version: done };
  }

  async renumber(): Promise<void> {
    const done = await this.store.build("renumber", {});
    if (!(done instanceof Refused)) this.toast = { text: "Numbered from 1", version: done };
  }

  /** Names a section anew, or begins one: at a line, to the end of the section it is in; of several lines, those. */
  async name(section: string): Promise<void> {
    const { naming } = this;
    this.naming = undefined;
    if (!naming) return;
    const ids =
      "key" in naming
        ? this.runs.find(({ key }) => key === naming.key)?.items.map(({ id }) => id)
        : this.selection.size > 1
          ? this.picked.map(({ id }) => id)
          : restOfRun(this.store.items, naming.from);
    const why = await this.override({ section: section.trim() }, ids);
    if (why) this.store.commands.fail("override_items", "section", why);
  }

  fold(run: Run): void {
    const collapsed = new Set(this.collapsed);
    if (!collapsed.delete(run.key)) collapsed.add(run.key);
    this.collapsed = collapsed;
  }

  /** A line may be in a section that is folded. */
  goTo(item: Item): void {
    const run = this.runs.find(({ items }) => items.includes(item));
    if (run && this.collapsed.has(run.key)) this.fold(run);
    this.selection.to(item.id);
  }

  /** Takes back what the toast tells of, also when something has been done since. */
  async takeBack(): Promise<void> {
    const version = this.toast?.version;
    this.toast = undefined;
    if (version !== undefined) await this.store.undoOf(version);
  }

  // What others do.

  private tellOfColleague(change: LineupChanged): void {
    const { live, crew } = this.store;
    if (!crew || live?.version !== change.version || live.actor_id === crew.me) return;
    const known = new Set(this.store.items.map(({ id }) => id));
    const added = change.items.filter(({ id }) => !known.has(id)).length;
    const deed = DEEDS[live.kind]?.(live.kind.startsWith("add") ? added : change.removed.length);
    if (deed) this.toast = { text: `${nameIn(crew, live.actor_id)} ${deed}` };
  }
}

const nameIn = (crew: NonNullable<SessionStore["crew"]>, actorId: number | null): string =>
  (actorId !== null && crew.nameOf(actorId)) || "A colleague";

export const nameOf = (item: Pick<Item, "name" | "short_name">): string => item.short_name || item.name;

/** The fields of the session itself. */
export class SessionFields {
  fields = $state.raw<readonly Field<SessionFacts>[]>([]);
  private ready = false;

  constructor(private readonly save: (change: SettingChanges) => Promise<Refusal | undefined>) {}

  get unsaved(): boolean {
    return this.fields.some((field) => field.unsaved);
  }

  field(name: string): Field<SessionFacts> | undefined {
    return this.fields.find(({ kind }) => kind.name === name);
  }

  follow(session: SessionFacts | undefined, fresh: boolean): void {
    const back = fresh && !this.ready;
    this.ready = fresh;
    if (!session) return;
    if (this.fields.length === 0) this.begin(session);
    else for (const field of this.fields) field.follow(session, "A colleague");
    if (back) for (const field of this.fields) field.retry();
  }

  private begin(session: SessionFacts): void {
    const around = {
      currency: session.currency,
      ready: () => this.ready,
      save: (change: Record<string, Value>) => this.save(sendable(change)),
      saved: () => undefined,
    };
    this.fields = SESSION_KINDS.map((kind) => new Field(kind, session, around));
  }
}

/** Notes are a text, also when there are none. */
function sendable(change: Record<string, Value>): SettingChanges {
  const sent = Object.fromEntries(
    Object.entries(change).map(([name, value]) => [name, typeof value === "string" ? whole(value) : value]),
  );
  return ("notes" in sent ? { ...sent, notes: sent.notes ?? "" } : sent) as SettingChanges;
}
