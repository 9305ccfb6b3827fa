/** A pasted list of PIDs, SKUs or numbers: what each line means, before anything is added. No DOM. */

import { Refused } from "../../live/channel";
import type { Found } from "./picker.svelte";

export interface Line {
  word: string;
  /** None: nobody has it; several: one must be chosen. */
  products: Found[];
}

export type Resolve = (text: string) => Promise<Line[]>;
/** What a line is about to do. */
export type Says = "added" | "unknown" | "choose" | "present" | "again";

const RESOLVE_AFTER_MS = 250;

export class PasteList {
  text = $state("");
  lines = $state.raw<readonly Line[]>([]);
  problem = $state("");
  reading = $state(false);
  /** Whether what the lineup has already is added once more. */
  again = $state(false);
  /** Line → product, where there are several. */
  private chosen = $state.raw<ReadonlyMap<number, number>>(new Map());
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  constructor(
    private readonly resolve: Resolve,
    /** Product id → its number in the lineup. */
    private readonly numbers: () => ReadonlyMap<number, number>,
  ) {}

  type(text: string): void {
    this.text = text;
    this.reading = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.read(), RESOLVE_AFTER_MS);
  }

  /** Reads it now. */
  async read(): Promise<void> {
    clearTimeout(this.timer);
    const ask = (this.asked += 1);
    this.reading = true;
    this.problem = "";
    try {
      const lines = this.text.trim() ? await this.resolve(this.text) : [];
      if (ask !== this.asked) return;
      this.lines = lines;
      this.chosen = new Map();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (ask !== this.asked) return;
      this.problem = error.message;
      this.lines = [];
    }
    this.reading = false;
  }

  product(index: number): Found | undefined {
    const line = this.lines[index];
    if (!line || line.products.length < 2) return line?.products[0];
    return line.products.find(({ id }) => id === this.chosen.get(index));
  }

  /** For this line; and for the other lines that have one of the same brand and no choice yet. */
  choose(index: number, productId: number): void {
    const brand = this.lines[index]?.products.find(({ id }) => id === productId)?.brand_id;
    const chosen = new Map(this.chosen).set(index, productId);
    this.lines.forEach(({ products }, other) => {
      if (products.length < 2 || chosen.has(other)) return;
      const same = products.filter(({ brand_id }) => brand_id === brand);
      if (same.length === 1) chosen.set(other, same[0]!.id);
    });
    this.chosen = chosen;
  }

  /** The number it has in the lineup, or the place in this list that names it first. */
  says(index: number): Says {
    const line = this.lines[index]!;
    if (line.products.length === 0) return "unknown";
    const product = this.product(index);
    if (!product) return "choose";
    const earlier = this.lines.findIndex((_, other) => this.product(other)?.id === product.id) < index;
    if (!earlier && !this.numbers().has(product.id)) return "added";
    return this.again ? "again" : "present";
  }

  /** What would be added, in the order of the list. */
  get wanted(): number[] {
    return this.lines.flatMap((_, index) =>
      ["added", "again"].includes(this.says(index)) ? [this.product(index)!.id] : [],
    );
  }

  /** "38 to add · 1 not found · 2 to choose". */
  get summary(): string {
    if (this.lines.length === 0) return "";
    const count = (...of: Says[]) => this.lines.filter((_, index) => of.includes(this.says(index))).length;
    const parts: [number, string][] = [
      [count("added", "again"), "to add"],
      [count("present"), "in the lineup already"],
      [count("unknown"), "not found"],
      [count("choose"), "to choose"],
    ];
    return parts
      .filter(([many], index) => many > 0 || index === 0)
      .map(([many, what]) => `${many} ${what}`)
      .join(" · ");
  }
}

/** Whether pasted text is a list rather than a word to search for. */
export const isList = (text: string): boolean => text.trim().split(/[\n\t;,]/).length > 1;
