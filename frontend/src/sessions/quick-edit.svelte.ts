/** What is changed of a product in the middle of a show: fields that save themselves and lose nothing. No DOM. */

import { amount, readAmount, type Reading } from "../lib/money";
import { readTime, writeTime } from "../lib/planned-time";
import type { Refused } from "../live/channel";
import type { Item, OwnValues } from "./types";

/** Milliseconds after the last key until a text is saved. */
export const SAVE_AFTER_MS = 600;

/** What a line may have of its own and a field shows. */
export type FieldName = Extract<keyof Item, keyof OwnValues>;
export type Value = string | number | null;

/** A field of a thing that the server has: a line of the lineup, a session. */
export interface FieldKind<Source = Item> {
  name: string;
  label: string;
  /** What the server has; null: nothing of its own. */
  of: (source: Source) => Value;
  /** Whether that is its own. */
  owns: (source: Source) => boolean;
  /** What the field goes back to. */
  otherwise: string;
  /** Says why it cannot be empty; without it empty is "nothing of its own". */
  needed?: string;
  write: (value: NonNullable<Value>, currency: string) => string;
  read: (text: string, currency: string) => Reading<NonNullable<Value>>;
}

/** What the host sees is what is edited, whosever it is. */
const effective = <Name extends keyof Item & keyof OwnValues>(name: Name) => ({
  name,
  of: (item: Item) => item[name] as Value,
  owns: (item: Item) => !!item.overridden?.includes(name),
});

const price = {
  otherwise: "the product’s",
  write: (value: NonNullable<Value>, currency: string) => amount(Number(value), currency),
  read: readAmount,
};

export const KINDS: readonly FieldKind[] = [
  {
    ...effective("talking_points_md"),
    label: "Talking points",
    otherwise: "the product’s",
    // A text field has no other line ends.
    write: (value) => String(value).replaceAll("\r\n", "\n"),
    read: (text) => ({ value: text }),
  },
  { ...effective("original_price_cents"), label: "Original price", ...price },
  { ...effective("sale_price_cents"), label: "Sale price", ...price },
  {
    ...effective("planned_seconds"),
    label: "Planned time",
    owns: ({ planned_seconds }) => planned_seconds !== null,
    otherwise: "its share",
    write: (value) => writeTime(Number(value)),
    read: readTime,
  },
];

export type Save = (itemId: number, changes: Partial<OwnValues>) => Promise<Refused | undefined>;

/** What a field needs of the edit it belongs to. */
export interface Surroundings {
  currency: string;
  /** Whether what the server has is known: while it is not, nothing is saved over it. */
  ready: () => boolean;
  save: (change: Record<string, Value>) => Promise<Refused | undefined>;
  saved: () => void;
}

/**
 * One field. `base` is the server's value that the text began with; what differs from it has been typed here. A change
 * that comes from elsewhere is taken while nothing is typed; else it is `theirs`, and a person decides.
 */
export class Field<Source = Item> {
  text = $state("");
  state = $state<"" | "saving" | "saved" | "waiting">("");
  problem = $state("");
  theirs = $state.raw<{ value: Value; by: string }>();
  /** The line has a value of its own for this session. */
  own = $state(false);
  private base = $state.raw<Value>(null);
  /** The server's newest, while a save is on its way. */
  private newest: Value = null;
  private sending = false;
  private focused = false;
  private uncertain = false;
  /** What the server has refused: not asked again before something changes. */
  private refusedText: string | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly kind: FieldKind<Source>,
    source: Source,
    private readonly around: Surroundings,
  ) {
    this.base = this.newest = kind.of(source);
    this.own = kind.owns(source);
    this.text = this.written(this.base);
  }

  /** Whether the text is another than the server's. Empty is "as the product has it". */
  get typed(): boolean {
    if (this.text === this.written(this.base)) return false;
    const reading = this.reading();
    if ("problem" in reading) return true;
    return reading.value === null ? this.own : reading.value !== this.base;
  }

  /** Something that the server does not have yet. */
  get unsaved(): boolean {
    return this.typed || this.state === "saving";
  }

  type(text: string): void {
    this.text = text;
    this.problem = "";
    if (this.state !== "saving") this.state = "";
    this.soon();
  }

  focus(): void {
    this.focused = true;
  }

  /** Left: saved at once, and written as the house writes it. */
  leave(): void {
    this.focused = false;
    void this.flush();
  }

  /** Back to what the product, or the session, has. */
  goBack(): void {
    this.text = "";
    this.theirs = undefined;
    void this.flush();
  }

  keepMine(): void {
    this.base = this.newest;
    this.theirs = undefined;
    void this.flush();
  }

  takeTheirs(): void {
    this.base = this.newest;
    this.text = this.written(this.base);
    this.theirs = undefined;
    this.problem = "";
  }

  /** What the server has now, and who made it so. */
  follow(source: Source, by: string): void {
    this.newest = this.kind.of(source);
    const { own } = this;
    // What was typed is judged by what was known when it was.
    const typed = this.typed;
    this.own = this.kind.owns(source);
    if (this.sending) return;
    if (this.newest === this.base && own === this.own) {
      if (this.theirs) this.soon();
      this.theirs = undefined;
    } else if (!typed || this.same(this.newest)) this.settle(this.newest, !typed);
    else if (this.newest !== this.base) this.theirs = { value: this.newest, by };
  }

  /** Tries again what could not be saved for a reason that may be over. */
  retry(): void {
    this.refusedText = undefined;
    if (this.state === "waiting" || this.uncertain || this.problem) void this.flush();
  }

  async flush(): Promise<void> {
    clearTimeout(this.timer);
    if (this.sending || this.theirs) return;
    if (!this.typed) return this.rest();
    const reading = this.reading();
    if ("problem" in reading) this.problem = reading.problem;
    else if (this.text === this.refusedText && this.problem) return;
    else if (!this.around.ready()) this.state = "waiting";
    else await this.save(reading.value);
  }

  written(value: Value): string {
    return value === null ? "" : this.kind.write(value, this.around.currency);
  }

  private async save(value: Value): Promise<void> {
    const text = this.text;
    this.sending = true;
    this.state = "saving";
    this.problem = "";
    const before = this.newest;
    const refused = await this.around.save({ [this.kind.name]: value });
    this.sending = false;
    this.uncertain = refused?.reason === "timeout";
    this.refusedText = refused && !this.uncertain ? text : undefined;
    if (refused) {
      this.state = "";
      this.problem = refused.message;
      return;
    }
    // The answer may come without its news; then the server has what was sent.
    const now = this.newest === before && value !== null ? value : this.newest;
    this.newest = now;
    this.state = "saved";
    this.settle(
      now,
      this.text === text && (!this.focused || now !== value) && !(this.focused && value === null),
    );
    if (this.typed) this.soon();
    this.around.saved();
  }

  private settle(value: Value, write: boolean): void {
    this.base = value;
    this.theirs = undefined;
    if (write) this.text = this.written(value);
    if (!this.typed) this.problem = "";
  }

  private rest(): void {
    this.problem = "";
    if (this.state === "waiting") this.state = "";
    if (!this.focused) this.text = this.written(this.base);
  }

  private reading(): Reading<Value> {
    if (this.text.trim() === "" && this.kind.needed) return { problem: this.kind.needed };
    return this.text.trim() === "" ? { value: null } : this.kind.read(this.text, this.around.currency);
  }

  private same(value: Value): boolean {
    const reading = this.reading();
    return "value" in reading && (reading.value === value || (reading.value === null && !this.own));
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), SAVE_AFTER_MS);
  }
}

/** The edit of one line; it belongs to that line whatever the show does. */
export class Edit {
  readonly itemId: number;
  title = $state("");
  /** The line has been taken out of the lineup. */
  gone = $state(false);
  readonly fields: readonly Field[];

  constructor(
    item: Item,
    currency: string,
    ready: () => boolean,
    save: Save,
    kinds: readonly FieldKind[] = KINDS,
  ) {
    this.itemId = item.id;
    this.title = titleOf(item);
    const around = {
      currency,
      ready,
      save: (change: Record<string, Value>) => save(item.id, change as Partial<OwnValues>),
      // A sale price above the old original price is none above the new one.
      saved: () => this.fields.forEach((field) => field.problem && field.retry()),
    };
    this.fields = kinds.map((kind) => new Field(kind, item, around));
  }

  get unsaved(): boolean {
    return this.fields.some((field) => field.unsaved);
  }

  /** Something waits for a person, or for the connection. */
  get stuck(): boolean {
    return this.fields.some(
      (field) => field.typed && (field.problem || field.theirs || field.state === "waiting"),
    );
  }

  flush(): void {
    for (const field of this.fields) void field.flush();
  }

  follow(item: Item | undefined, by: string): void {
    this.gone = item === undefined;
    if (!item) return;
    this.title = titleOf(item);
    for (const field of this.fields) field.follow(item, by);
  }
}

const titleOf = (item: Item): string => `${item.position} · ${item.short_name || item.name}`;

/** The panel: which edit is open, and those that are closed and not saved yet. */
export class QuickEdit {
  edit = $state.raw<Edit>();
  /** Edits that somebody has begun and the server does not have, besides the open one. */
  kept = $state.raw<readonly Edit[]>([]);
  private ready = false;
  private onAir: number | undefined;
  private seen: readonly Item[] = [];

  constructor(
    private readonly save: Save,
    private readonly kinds: readonly FieldKind[] = KINDS,
  ) {}

  get unsaved(): boolean {
    return [...this.kept, ...(this.edit ? [this.edit] : [])].some((edit) => edit.unsaved);
  }

  open(item: Item, currency: string): void {
    if (this.edit?.itemId === item.id) return;
    const begun = this.kept.find(({ itemId }) => itemId === item.id);
    this.show(begun ?? new Edit(item, currency, () => this.ready, this.save, this.kinds));
  }

  show(edit: Edit): void {
    this.putAway();
    this.kept = this.kept.filter((one) => one !== edit);
    this.edit = edit;
  }

  /** Closes, saving what there is; false: something is stuck, and it stays open. */
  close(): boolean {
    this.edit?.flush();
    if (this.edit?.stuck) return false;
    this.putAway();
    return true;
  }

  /** Closes and throws away what was typed. */
  discard(): void {
    this.edit = undefined;
  }

  /** What the server has now: the lines, whether they are fresh, and which one is on air. */
  follow(
    items: readonly Item[],
    fresh: boolean,
    onAir: number | undefined,
    by: Pick<ReadonlyMap<number, string>, "get">,
  ): void {
    const back = fresh && !this.ready;
    this.ready = fresh;
    const edits = [...this.kept, ...(this.edit ? [this.edit] : [])];
    if (items !== this.seen)
      for (const edit of edits)
        edit.follow(
          items.find(({ id }) => id === edit.itemId),
          by.get(edit.itemId) ?? "A colleague",
        );
    this.seen = items;
    if (back) for (const edit of edits) edit.fields.forEach((field) => field.retry());
    if (onAir !== this.onAir) this.edit?.flush();
    this.onAir = onAir;
    // Kept until it was saved.
    if (this.kept.some((edit) => !edit.unsaved)) this.kept = this.kept.filter((edit) => edit.unsaved);
  }

  private putAway(): void {
    const { edit } = this;
    edit?.flush();
    if (edit?.unsaved) this.kept = [...this.kept, edit];
    this.edit = undefined;
  }
}
