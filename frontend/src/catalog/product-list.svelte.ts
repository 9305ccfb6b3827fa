/** The list of products: what is asked for, what came, what is selected, and edits of all that. No DOM. */

import type { Answer } from "../lib/asking";
import { isNarrowed, write, type Query } from "./list-query";
import { counted } from "./saying";
import type { Done, Listed, ListedProduct } from "./types";

/** Products of one edit: the server takes no more. */
export const MOST_SELECTED = 5_000;

export type Ask = <Data>(
  path: string,
  sent?: object,
  options?: { signal?: AbortSignal },
) => Promise<Answer<Data>>;

export interface Told {
  message: string;
  /** Takes it back. */
  changeSetId?: number | undefined;
  wrong?: boolean;
}

/** An edit of several products, as the server reads it. */
export type Edit =
  | { edit: "tag" | "untag"; value: string }
  | { edit: "brand"; value: number }
  | { edit: "stock"; value: number | null }
  | { edit: "featured"; value: boolean }
  | { edit: "price"; field: PriceField; value: number }
  | { edit: "reprice"; field: PriceField; value: number }
  | { edit: "no_sale" }
  | { edit: "delete" };
export type PriceField = "original_price_cents" | "sale_price_cents";

const AWAY = "Nobody answers just now. Nothing was changed; try again in a moment.";

export class ProductList {
  query = $state.raw<Query>() as Query;
  products = $state.raw<readonly ListedProduct[]>([]);
  more = $state(false);
  meant = $state("");
  asTyped = $state(true);
  state = $state<"" | "loading" | "away" | "signed out">("");
  /** The row that the keys are at. */
  at = $state(0);
  selected = $state.raw<ReadonlySet<number>>(new Set());
  /** What is being done to the selection. */
  busy = $state("");
  told = $state.raw<Told>();
  /** Where a selection by Shift began. */
  private anchor = 0;
  private stop: AbortController | undefined;

  constructor(
    query: Query,
    listed: Listed,
    private readonly ask: Ask,
  ) {
    this.query = query;
    this.show(listed);
  }

  get narrowed(): boolean {
    return isNarrowed(this.query);
  }

  get allOnPage(): boolean {
    return this.products.length > 0 && this.products.every(({ id }) => this.selected.has(id));
  }

  get ids(): number[] {
    return this.products.map(({ id }) => id);
  }

  /** Another list. What is selected stays only while the list is the same but for its page or order. */
  async go(query: Query): Promise<void> {
    const keeps = write({ ...query, page: 1, sort: "" }) === write({ ...this.query, page: 1, sort: "" });
    this.query = query;
    if (!keeps) this.selected = new Set();
    this.at = this.anchor = 0;
    await this.load();
  }

  async load(): Promise<void> {
    this.stop?.abort();
    const stop = (this.stop = new AbortController());
    this.state = "loading";
    const answer = await this.ask<Listed>(`/products/rows?${write(this.query)}`, undefined, {
      signal: stop.signal,
    });
    if (stop.signal.aborted) return;
    this.state = answer.is === "away" || answer.is === "signed out" ? answer.is : "";
    if (answer.is === "ok") this.show(answer.data);
    else if (answer.is === "refused") this.told = { message: answer.message, wrong: true };
  }

  /** Products have changed somewhere: the page is read again if it shows one of them. */
  concerns(ids: readonly number[]): boolean {
    return this.products.some(({ id }) => ids.includes(id));
  }

  /** To a row; `extend`: everything between where Shift began and here is selected. */
  move(to: number, extend = false): void {
    const last = this.products.length - 1;
    if (last < 0) return;
    this.at = Math.max(0, Math.min(to, last));
    if (!extend) {
      this.anchor = this.at;
      return;
    }
    const [from, until] = [Math.min(this.anchor, this.at), Math.max(this.anchor, this.at)];
    this.selected = new Set([...this.selected, ...this.ids.slice(from, until + 1)]);
  }

  toggle(index: number, extend = false): void {
    if (extend) return this.move(index, true);
    const id = this.products[index]?.id;
    if (id === undefined) return;
    this.at = this.anchor = index;
    const next = new Set(this.selected);
    if (!next.delete(id)) next.add(id);
    this.selected = next;
  }

  /** All of the page, or none of it where all are selected. */
  togglePage(): void {
    const next = new Set(this.selected);
    for (const id of this.ids) {
      if (this.allOnPage) next.delete(id);
      else next.add(id);
    }
    this.selected = next;
  }

  selectPage(): void {
    this.selected = new Set([...this.selected, ...this.ids]);
  }

  clear(): void {
    this.selected = new Set();
  }

  /** All that the list shows on all its pages. */
  async selectAll(): Promise<void> {
    if (this.busy) return;
    this.busy = "Selecting…";
    const answer = await this.ask<{ ids: number[]; more: boolean }>(
      `/products/ids?${write({ ...this.query, page: 1 })}`,
    );
    this.busy = "";
    if (answer.is !== "ok") return this.say(answer);
    this.selected = new Set(answer.data.ids);
    if (answer.data.more)
      this.told = {
        message: `${counted(MOST_SELECTED, "product")} are selected: one edit takes no more. Narrow the list for the others.`,
      };
  }

  /** One edit of all that is selected; true: it was made. */
  async edit(edit: Edit): Promise<boolean> {
    if (this.busy || !this.selected.size) return false;
    const ids = [...this.selected];
    this.busy = `${edit.edit === "delete" ? "Deleting" : "Changing"} ${counted(ids.length, "product")}…`;
    const answer = await this.ask<Done>("/products/bulk", { ...edit, product_ids: ids });
    this.busy = "";
    if (answer.is !== "ok") {
      this.say(answer);
      return false;
    }
    this.told = sayDone(answer.data, edit.edit === "delete");
    if (edit.edit === "delete") this.clear();
    await this.load();
    return true;
  }

  async undo(changeSetId: number): Promise<void> {
    this.told = undefined;
    this.busy = "Taking it back…";
    const answer = await this.ask<{ message: string; left: number }>(`/changes/${changeSetId}/revert`, {});
    this.busy = "";
    if (answer.is === "ok") this.told = { message: answer.data.message, wrong: answer.data.left > 0 };
    else this.say(answer);
    await this.load();
  }

  private show(listed: Listed): void {
    this.products = listed.products;
    this.more = listed.more;
    this.meant = listed.meant;
    this.asTyped = listed.as_typed;
    this.at = Math.min(this.at, Math.max(0, listed.products.length - 1));
  }

  private say(answer: Answer<unknown>): void {
    if (answer.is === "signed out") this.state = "signed out";
    else this.told = { message: answer.is === "refused" ? answer.message : AWAY, wrong: true };
  }
}

/** "Changed 12 products", and what was left and why. */
export function sayDone(done: Done, isDeletion: boolean): Told {
  const parts: string[] = [];
  if (done.changed) parts.push(`${isDeletion ? "Deleted" : "Changed"} ${counted(done.changed, "product")}.`);
  else if (!done.left) parts.push("Nothing to change: they are like that already.");
  if (done.left) {
    const why = [...new Set(done.why)].slice(0, 2).join(" ");
    const others = done.left > 2 ? ` And ${counted(done.left - 2, "other")}.` : "";
    parts.push(done.changed ? `${done.left} left out: ${why}${others}` : `${why}${others}`);
  }
  return {
    message: done.changed && !done.left ? parts[0]!.slice(0, -1) : parts.join(" "),
    changeSetId: done.change_set_id ?? undefined,
    wrong: done.left > 0 && !done.changed,
  };
}
