/**
 * The form of a product, which saves itself: each field when it is left or after a moment of quiet. Nothing typed is
 * lost: what the server does not have yet is kept in this tab, and sent as soon as somebody answers. No DOM.
 */

import { uuid } from "../live/channel";
import type { Answer } from "../lib/asking";
import { fieldOf, KINDS, type Kind } from "./product-fields";
import type { FieldName, Product, ProductValues } from "./types";

/** Milliseconds after the last key until a field is saved. */
export const SAVE_AFTER_MS = 800;
/** Milliseconds until it is tried again when nobody answers: longer each time, up to the last. */
export const AGAIN_MS = [1_000, 2_000, 5_000] as const;
const REQUIRED: readonly FieldName[] = ["brand_id", "name", "original_price_cents"];
const SOMEBODY = "Somebody";

export type Ask = <Data>(
  path: string,
  sent?: object,
  options?: { keepalive?: boolean },
) => Promise<Answer<Data>>;

/** Where what is not saved is kept: `sessionStorage`, which goes with the tab. */
export type Drafts = Pick<Storage, "getItem" | "setItem" | "removeItem">;

interface Draft {
  text: string;
  base: unknown;
}

/** What was typed into a form and is not saved; `op` names the product that is being made. */
interface Kept {
  op?: string;
  fields: Partial<Record<FieldName, Draft>>;
}

/** Somebody saved a form of this product. */
export interface Edited {
  product_id: number;
  updated_at: string;
  values: Partial<ProductValues>;
  hand_edited: string[];
  name: string;
  page: string;
}

/** Whether two values are the same, in whatever order their keys stand. */
const same = (one: unknown, other: unknown): boolean => sorted(one) === sorted(other);
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

export class Field {
  text = $state("");
  state = $state<"" | "saving" | "saved" | "waiting">("");
  problem = $state("");
  /** Another person's value, while there is one of one's own. */
  theirs = $state.raw<{ value: unknown; by: string }>();
  /** The server's value that the text began with. */
  base = $state.raw<unknown>(null);
  /** The server's newest. */
  private newest: unknown = null;
  /** What the server has taken as `base`, however it writes that. */
  private accepted = $state<string>();
  private refusedText: string | undefined;
  private sending = false;
  focused = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly kind: Kind,
    private readonly form: ProductForm,
    value: unknown,
  ) {
    this.base = this.newest = value;
    this.text = this.written(value);
  }

  get name(): FieldName {
    return this.kind.name;
  }

  /** Whether the text is another than the server's. */
  get typed(): boolean {
    if (this.text === this.accepted || this.text === this.written(this.base)) return false;
    const reading = this.reading();
    return "problem" in reading || !same(reading.value, this.base);
  }

  get unsaved(): boolean {
    return this.typed || this.state === "saving";
  }

  reading() {
    return this.kind.read(this.text, this.form.currency);
  }

  written(value: unknown): string {
    return this.kind.write(value, this.form.currency);
  }

  type(text: string): void {
    this.text = text;
    this.problem = "";
    if (this.state !== "saving") this.state = "";
    this.form.remember();
    this.soon();
  }

  /** A choice is made at once, and needs no moment of quiet. */
  choose(text: string): void {
    this.type(text);
    void this.flush();
  }

  leave(): void {
    this.focused = false;
    void this.flush();
  }

  keepMine(): void {
    this.base = this.newest;
    this.theirs = undefined;
    void this.flush();
  }

  takeTheirs(): void {
    this.theirs = undefined;
    this.settle(this.newest, true);
    this.form.remember();
  }

  /** The product was made without this field: what has been typed into it meanwhile comes after. */
  begin(value: unknown): void {
    const typed = this.typed;
    this.base = this.newest = value;
    if (typed) this.soon();
    else this.text = this.written(value);
  }

  /** What somebody had typed before the page was loaded anew. */
  restore({ text, base }: Draft): void {
    this.text = text;
    if (!same(base, this.newest) && this.typed) {
      this.base = base;
      this.theirs = { value: this.newest, by: SOMEBODY };
    } else if (this.typed) this.soon();
  }

  /** The server has another value now, by somebody else or by oneself elsewhere. */
  follow(value: unknown, by: string): void {
    if (same(value, this.newest)) {
      if (this.theirs && by !== SOMEBODY) this.theirs = { ...this.theirs, by };
      return;
    }
    const typed = this.typed;
    this.newest = value;
    if (this.sending) return;
    const reading = this.reading();
    if (!typed || ("value" in reading && same(reading.value, value))) this.settle(value, !typed);
    else this.theirs = { value, by };
  }

  /** Tries again what was refused for a reason that may be over. */
  retry(): void {
    this.refusedText = undefined;
    if (this.state === "waiting" || this.problem) void this.flush();
  }

  async flush(keepalive = false): Promise<void> {
    clearTimeout(this.timer);
    if (this.sending || this.theirs || this.form.closed) return;
    if (!this.typed) return this.rest();
    const reading = this.reading();
    if ("problem" in reading) this.problem = reading.problem;
    else if (this.text === this.refusedText && this.problem) return;
    else if (this.form.id === null) await this.form.create();
    else await this.save(reading.value, keepalive);
  }

  private async save(value: unknown, keepalive: boolean): Promise<void> {
    const { text, base } = this;
    this.sending = true;
    this.state = "saving";
    this.problem = "";
    const answer = await this.form.send(this.name, value, base, keepalive);
    this.sending = false;
    this.state = "";
    if (answer.is === "ok") this.saved(text, answer.data.product);
    else if (answer.is === "refused") this.refused(text, answer);
    else this.wait();
    this.form.remember();
  }

  /** The server has it. */
  saved(text: string, product: Product): void {
    this.state = "saved";
    this.problem = "";
    this.accepted = text;
    const value = product[this.name];
    this.newest = value;
    this.settle(value, this.text === text && !this.focused);
    this.form.take(product);
    if (this.typed) this.soon();
    this.form.othersMayGo();
  }

  refused(text: string, { reason, message, body }: Answer<never> & { is: "refused" }): void {
    const product = body.product as Product | undefined;
    if (reason === "changed_meanwhile" && product) {
      this.newest = product[this.name];
      this.theirs = { value: this.newest, by: this.form.whoChanged(this.name) };
      this.form.take(product);
      return;
    }
    this.state = "";
    this.refusedText = text;
    this.problem = message;
  }

  wait(): void {
    this.state = "waiting";
  }

  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), SAVE_AFTER_MS);
  }

  private settle(value: unknown, write: boolean): void {
    this.base = value;
    this.theirs = undefined;
    if (write) {
      this.text = this.written(value);
      this.accepted = undefined;
    }
    if (!this.typed) this.problem = "";
  }

  private rest(): void {
    this.problem = "";
    if (this.state === "waiting") this.state = "";
    if (!this.focused) {
      this.text = this.written(this.base);
      this.accepted = undefined;
    }
    this.form.remember();
  }
}

export class ProductForm {
  id = $state<number | null>(null);
  handEdited = $state.raw<readonly string[]>([]);
  externalKey = $state("");
  /** Why nothing can be saved any more. */
  over = $state<"" | "signed out" | "gone">("");
  /** What was wrong with the whole of it. */
  problem = $state("");
  creating = $state(false);
  readonly fields: readonly Field[];
  /** This page, among those that edit the product. */
  readonly page = uuid();
  /** Nothing is saved any more: the product was deleted from here. */
  closed = false;
  private updatedAt = "";
  private op: string;
  private by = new Map<FieldName, string>();
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    product: Product | null,
    readonly currency: string,
    private readonly ask: Ask,
    private readonly drafts: Drafts,
    private readonly onMade: (product: Product) => void = () => {},
  ) {
    this.fields = KINDS.map((kind) => new Field(kind, this, product?.[kind.name] ?? null));
    this.op = uuid();
    if (product) this.hold(product);
    const kept = this.kept();
    this.op = kept?.op ?? this.op;
    for (const field of this.fields) {
      const draft = kept?.fields[field.name];
      if (draft) field.restore(draft);
    }
  }

  field(name: FieldName): Field {
    return this.fields.find((field) => field.name === name)!;
  }

  get unsaved(): boolean {
    return this.fields.some((field) => field.unsaved);
  }

  get waiting(): boolean {
    return this.fields.some((field) => field.state === "waiting");
  }

  get saving(): boolean {
    return this.creating || this.fields.some((field) => field.state === "saving");
  }

  /** What a new product still needs. */
  get missing(): string[] {
    const labels: Partial<Record<FieldName, string>> = {
      brand_id: "a brand",
      name: "a name",
      original_price_cents: "a price",
    };
    return REQUIRED.filter((name) => "problem" in this.field(name).reading()).map((name) => labels[name]!);
  }

  isEditedByHand(name: FieldName): boolean {
    return this.externalKey !== "" && this.handEdited.includes(name);
  }

  whoChanged(name: FieldName): string {
    return this.by.get(name) ?? SOMEBODY;
  }

  /** Makes the product, once there is what it needs; with everything that has been typed. */
  async create(): Promise<void> {
    if (this.creating || this.over || this.missing.length) return;
    const sent = this.fields.filter((field) => field.typed && "value" in field.reading());
    const texts = new Map(sent.map((field) => [field, field.text]));
    this.creating = true;
    this.problem = "";
    const fields = Object.fromEntries(
      sent.map((field) => [field.name, (field.reading() as { value: unknown }).value]),
    );
    const answer = await this.ask<{ product: Product }>("/products/new", { op_id: this.op, fields });
    this.creating = false;
    if (answer.is === "ok") {
      this.forget();
      this.hold(answer.data.product);
      for (const field of this.fields) if (!texts.has(field)) field.begin(answer.data.product[field.name]);
      for (const [field, text] of texts) field.saved(text, answer.data.product);
      this.onMade(answer.data.product);
      this.settled();
    } else if (answer.is === "refused") {
      const at = fieldOf(answer.reason);
      if (at) this.field(at).refused(texts.get(this.field(at)) ?? "", answer);
      else this.problem = answer.message;
    } else {
      for (const field of texts.keys()) field.wait();
      this.missed(answer.is);
    }
    this.remember();
  }

  async send(
    name: FieldName,
    value: unknown,
    expected: unknown,
    keepalive: boolean,
  ): Promise<Answer<{ product: Product }>> {
    const answer = await this.ask<{ product: Product }>(
      `/products/${this.id}/fields`,
      { fields: { [name]: value }, expected: { [name]: expected }, page: this.page },
      keepalive ? { keepalive } : {},
    );
    if (answer.is === "ok") this.settled();
    else if (answer.is === "refused")
      this.over = answer.status === 404 || answer.status === 410 ? "gone" : "";
    else this.missed(answer.is);
    return answer;
  }

  /** Lets imports write a field again. */
  async followSource(name: FieldName): Promise<void> {
    const answer = await this.ask<{ product: Product }>(`/products/${this.id}/follow`, {
      field: name,
      page: this.page,
    });
    if (answer.is === "ok") this.take(answer.data.product);
    else if (answer.is === "refused") this.problem = answer.message;
    else this.problem = "Nobody answers just now. Try again in a moment.";
  }

  /** The product as the server has it, unless that is older than what is known. */
  take(product: Product, by = SOMEBODY): void {
    if (product.updated_at < this.updatedAt) return;
    this.updatedAt = product.updated_at;
    this.handEdited = product.hand_edited;
    this.externalKey = product.external_key;
    for (const field of this.fields)
      field.follow(product[field.name], by === SOMEBODY ? this.whoChanged(field.name) : by);
  }

  /** Somebody else saved a form of this product. */
  edited(told: Edited): void {
    if (told.product_id !== this.id || told.page === this.page) return;
    const isNews = told.updated_at > this.updatedAt;
    if (isNews) {
      this.updatedAt = told.updated_at;
      this.handEdited = told.hand_edited;
    }
    for (const [name, value] of Object.entries(told.values) as [FieldName, unknown][]) {
      this.by.set(name, told.name);
      const field = this.field(name);
      if (isNews) field.follow(value, told.name);
      else if (field.theirs) field.theirs = { ...field.theirs, by: told.name };
    }
  }

  /** The connection is back: what waits goes now. */
  retry(): void {
    clearTimeout(this.timer);
    if (this.id === null && this.waiting) void this.create();
    else for (const field of this.fields) if (field.state === "waiting") void field.flush();
  }

  /** The page goes away: what can still be sent is sent. */
  leave(): void {
    this.remember();
    for (const field of this.fields) if (field.typed && this.id !== null) void field.flush(true);
  }

  /** A sale price above the old original price is none above the new one. */
  othersMayGo(): void {
    for (const field of this.fields) if (field.problem && field.typed) field.retry();
  }

  /** Keeps what is typed and not saved where a reload finds it. */
  remember(): void {
    if (this.closed) return;
    const typed = this.fields.filter((field) => field.typed);
    if (!typed.length) return this.forget();
    const fields = Object.fromEntries(
      typed.map(({ name, text, base }) => [name, { text, base } satisfies Draft]),
    );
    try {
      this.drafts.setItem(this.key, JSON.stringify({ op: this.op, fields } satisfies Kept));
    } catch {
      // A full or forbidden store: it is still on the page.
    }
  }

  /** It was deleted from here: what was typed into it goes with it. */
  close(): void {
    this.closed = true;
    this.forget();
  }

  /** Throws away what was typed for a new product. */
  clear(): void {
    this.op = uuid();
    for (const field of this.fields) {
      field.text = field.written(null);
      field.problem = "";
      field.state = "";
    }
    this.forget();
  }

  private hold(product: Product): void {
    this.id = product.id;
    this.updatedAt = product.updated_at;
    this.handEdited = product.hand_edited;
    this.externalKey = product.external_key;
  }

  private get key(): string {
    return `cuelight-product:${this.id ?? "new"}`;
  }

  private forget(): void {
    this.drafts.removeItem(this.key);
  }

  private kept(): Kept | undefined {
    try {
      const text = this.drafts.getItem(this.key);
      return text === null ? undefined : (JSON.parse(text) as Kept);
    } catch {
      return undefined;
    }
  }

  private settled(): void {
    this.tries = 0;
    this.over = "";
  }

  private missed(how: "away" | "signed out"): void {
    if (how === "signed out") {
      this.over = "signed out";
      return;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.retry(), AGAIN_MS[Math.min(this.tries++, AGAIN_MS.length - 1)]);
  }
}
