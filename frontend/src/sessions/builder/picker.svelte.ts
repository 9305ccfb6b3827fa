/** Finding products for the lineup: what is asked, what was found, which of it is marked. No DOM. */

import { sayMeant } from "../../lib/meant";

/** A product as the search answers it. */
export interface Found {
  id: number;
  brand_id: number;
  brand_name: string;
  display_number: number | null;
  name: string;
  short_name: string;
  original_price_cents: number;
  sale_price_cents: number | null;
  pid: string | null;
  sku: string;
  stock: number | null;
  tags: string[];
  thumbnail_url: string | null;
}

export interface Filters {
  brand: string;
  inStock: boolean;
  withPicture: boolean;
}

interface Answer {
  products: Found[];
  more: boolean;
  meant?: string | null;
  as_typed?: boolean;
}

export type Search = (parameters: URLSearchParams, signal: AbortSignal) => Promise<Answer>;

/** Milliseconds after the last key until the server is asked. */
export const ASK_AFTER_MS = 120;

export class Picker {
  query = $state("");
  filters = $state.raw<Filters>({ brand: "", inStock: false, withPicture: false });
  found = $state.raw<readonly Found[]>([]);
  more = $state(false);
  /** Which words were looked for, when not only those that were typed. */
  meant = $state("");
  /** Place of the highlighted one. */
  place = $state(0);
  marked = $state.raw<readonly Found[]>([]);
  state = $state<"asking" | "answered" | "failed">("asking");
  /** The highlight has been moved by arrows: Space marks, and is no part of the words. */
  browsing = $state(false);

  highlighted = $derived(this.found[this.place]);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private underway: AbortController | undefined;
  private answer: Promise<void> = Promise.resolve();

  constructor(private readonly search: Search) {}

  type(query: string): void {
    this.query = query;
    this.browsing = false;
    this.state = "asking";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), ASK_AFTER_MS);
  }

  narrow(filters: Partial<Filters>): void {
    this.filters = { ...this.filters, ...filters };
    void this.ask();
  }

  /** Asks for the first page; what was asked before is of no interest any more. */
  ask(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    return (this.answer = this.fetch(0, (answer) => {
      this.found = answer.products;
      this.place = 0;
    }));
  }

  /** When what is highlighted is an answer to what is typed: fingers and scanners press Enter before it has come. */
  settled(): Promise<void> {
    return this.timer === undefined ? this.answer : this.ask();
  }

  /** The next page, when the end of this one comes into sight. */
  async askMore(): Promise<void> {
    if (!this.more || this.state === "asking") return;
    await this.fetch(this.found.length, (answer) => (this.found = [...this.found, ...answer.products]));
  }

  step(by: number): void {
    this.browsing = true;
    this.place = Math.max(0, Math.min(this.found.length - 1, this.place + by));
    if (this.place >= this.found.length - 5) void this.askMore();
  }

  isMarked(id: number): boolean {
    return this.marked.some((one) => one.id === id);
  }

  mark(product: Found | undefined): void {
    if (!product) return;
    this.marked = this.isMarked(product.id)
      ? this.marked.filter(({ id }) => id !== product.id)
      : [...this.marked, product];
  }

  /** In the order in which they were marked. */
  takeMarked(): Found[] {
    const taken = [...this.marked];
    this.marked = [];
    return taken;
  }

  /** `gold #earrings` → words and a tag. */
  get parameters(): URLSearchParams {
    const tag = /(?:^|\s)#(\S+)/.exec(this.query);
    const words = this.query.replace(/(?:^|\s)#\S*/g, " ").trim();
    const asked = new URLSearchParams();
    // A number printed on the sheet may be typed with its sign: #12.
    if (tag && /^\d+$/.test(tag[1]!)) asked.set("q", `${words} ${tag[1]}`.trim());
    else {
      if (words) asked.set("q", words);
      if (tag) asked.set("tag", tag[1]!);
    }
    if (this.filters.brand) asked.set("brand", this.filters.brand);
    if (this.filters.inStock) asked.set("stock", "in");
    if (this.filters.withPicture) asked.set("picture", "yes");
    return asked;
  }

  private async fetch(offset: number, take: (answer: Answer) => void): Promise<void> {
    this.underway?.abort();
    const underway = (this.underway = new AbortController());
    const asked = this.parameters;
    if (offset) asked.set("offset", String(offset));
    this.state = "asking";
    try {
      const answer = await this.search(asked, underway.signal);
      if (underway.signal.aborted) return;
      take(answer);
      this.more = answer.more;
      this.meant = sayMeant(answer.meant ?? "", answer.as_typed ?? true);
      this.state = "answered";
    } catch (error) {
      if (!underway.signal.aborted) this.state = "failed";
      if (!(error instanceof Error)) throw error;
    }
  }
}
