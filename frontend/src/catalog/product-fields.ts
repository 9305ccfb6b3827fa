/** What each field of a product's form is: how its value is written, and what is read from what somebody types. */

import { amount, readAmount, type Reading } from "../lib/money";
import type { FieldName, Variant } from "./types";

export interface Kind {
  name: FieldName;
  label: string;
  hint?: string;
  /** Characters that the box takes. */
  most?: number;
  write: (value: unknown, currency: string) => string;
  read: (text: string, currency: string) => Reading<unknown>;
}

export const HIGHEST_WHOLE = 2 ** 31 - 1;
export const LONGEST_TAG = 50;
export const MOST_TAGS = 50;
export const MOST_VARIANTS = 500;
export const MOST_POINTS = 20_000;

const WHOLE_WANTED = "This must be a whole number";

const written = (value: unknown): string => (value === null || value === undefined ? "" : String(value));
const tidied = (text: string): string => text.trim().replace(/\s+/g, " ");

/** A whole number from `least` on; empty is none. */
export function readWhole(text: string, least: number): Reading<number | null> {
  const bare = text.trim();
  if (bare === "") return { value: null };
  if (!/^\d{1,12}$/.test(bare)) return { problem: WHOLE_WANTED };
  const value = Number(bare);
  if (value < least) return { problem: `This begins at ${least}` };
  return value > HIGHEST_WHOLE ? { problem: "This number is too high" } : { value };
}

const text = (most: number, required = ""): Pick<Kind, "most" | "write" | "read"> => ({
  most,
  write: written,
  read: (typed) => {
    const value = tidied(typed);
    if (!value && required) return { problem: required };
    return [...value].length > most
      ? { problem: `This has ${[...value].length} characters; ${most} is the most` }
      : { value };
  },
});

/** Longer texts keep their lines. A text field has no other line ends. */
const lines = (most: number): Pick<Kind, "most" | "write" | "read"> => ({
  most,
  write: (value) => written(value).replaceAll("\r\n", "\n"),
  read: (typed) => ({ value: typed }),
});

const price = (missing: string): Pick<Kind, "write" | "read"> => ({
  write: (value, currency) => (typeof value === "number" ? amount(value, currency) : ""),
  read: (typed, currency) => {
    if (typed.trim()) return readAmount(typed, currency);
    return missing ? { problem: missing } : { value: null };
  },
});

const cost: Pick<Kind, "write" | "read"> = {
  ...price(""),
  // What was a gift has cost nothing.
  read: (typed, currency) =>
    /^\s*0+([.,]0+)?\s*$/.test(typed) ? { value: 0 } : price("").read(typed, currency),
};

const whole = (least: number): Pick<Kind, "write" | "read"> => ({
  write: written,
  read: (typed) => readWhole(typed, least),
});

const json: Pick<Kind, "write"> = { write: (value) => JSON.stringify(value ?? []) };

/** One row of the table of variants, as typed; `rest` is what the row has besides. */
export interface VariantRow {
  title: string;
  sku: string;
  price: string;
  stock: string;
  rest: Partial<Variant>;
}

export const EMPTY_ROW: VariantRow = { title: "", sku: "", price: "", stock: "", rest: {} };

const isBlank = ({ title, sku, price, stock }: VariantRow) =>
  ![title, sku, price, stock].some((one) => one.trim());

export function writeVariants(value: unknown, currency: string): string {
  const rows = ((value ?? []) as Variant[]).map(({ title, sku, price_cents, stock, ...rest }) => ({
    title,
    sku: sku ?? "",
    price: typeof price_cents === "number" ? amount(price_cents, currency) : "",
    stock: written(stock),
    rest,
  }));
  return JSON.stringify(rows);
}

/** The variants of the rows; rows with nothing in them are none. A price of 0.00 that a shop gave may stay. */
export function readVariants(typed: string, currency: string): Reading<Variant[]> {
  const variants: Variant[] = [];
  for (const [index, row] of (JSON.parse(typed) as VariantRow[]).entries()) {
    if (isBlank(row)) continue;
    const named = `Variant ${index + 1}`;
    if (!row.title.trim()) return { problem: `${named}: give it a title, such as “Size 7”` };
    const stock = readWhole(row.stock, 0);
    if ("problem" in stock) return { problem: `${named}: ${stock.problem}` };
    const own = row.price.trim() ? cost.read(row.price, currency) : { value: null };
    if ("problem" in own) return { problem: `${named}: ${own.problem}` };
    variants.push({
      barcode: "",
      compare_at_cents: null,
      ...row.rest,
      title: tidied(row.title),
      sku: tidied(row.sku),
      price_cents: own.value as number | null,
      stock: stock.value,
    });
  }
  return variants.length > MOST_VARIANTS
    ? { problem: `A product has ${MOST_VARIANTS} variants at most` }
    : { value: variants };
}

/** A tag as it is kept: small letters, single spaces. */
export const tidyTag = (typed: string): string => tidied(typed).toLowerCase();

export const KINDS: readonly Kind[] = [
  {
    name: "brand_id",
    label: "Brand",
    write: written,
    read: (typed) => (typed ? { value: Number(typed) } : { problem: "Choose a brand" }),
  },
  { name: "display_number", label: "Number", hint: "On your sheet", ...whole(1) },
  { name: "name", label: "Name", ...text(500, "A product needs a name") },
  {
    name: "short_name",
    label: "Short name",
    hint: "For cards and lists",
    ...text(100),
  },
  { name: "description", label: "Description", ...lines(50_000) },
  { name: "talking_points_md", label: "Talking points", ...lines(MOST_POINTS) },
  { name: "original_price_cents", label: "Original price", ...price("A product needs a price") },
  { name: "sale_price_cents", label: "Sale price", hint: "Empty: not on sale", ...price("") },
  { name: "cost_cents", label: "Cost", hint: "Internal: never shown", ...cost },
  {
    name: "pid",
    label: "PID",
    hint: "The selling platform’s id",
    ...text(64),
    read: (typed) => ({ value: tidied(typed) || null }),
  },
  { name: "sku", label: "SKU", ...text(100) },
  { name: "barcode", label: "Barcode", ...text(64) },
  { name: "stock", label: "Stock", hint: "Empty: unknown", ...whole(0) },
  {
    name: "is_featured",
    label: "Featured",
    write: (value) => String(value === true),
    read: (typed) => ({ value: typed === "true" }),
  },
  { name: "external_url", label: "Link", hint: "Where it is sold", ...text(2_000) },
  { name: "tags", label: "Tags", ...json, read: (typed) => ({ value: JSON.parse(typed) as string[] }) },
  { name: "variants", label: "Variants", write: writeVariants, read: readVariants },
];

/** What the server refuses a whole product for, by the field that the sentence belongs to. */
export function fieldOf(reason: string): FieldName | undefined {
  const known: Record<string, FieldName> = {
    pid_taken: "pid",
    spoiled_id: "pid",
    invalid_id: "pid",
    number_taken: "display_number",
    product_sale_not_above_original: "sale_price_cents",
    product_sale_price_positive: "sale_price_cents",
    product_original_price_positive: "original_price_cents",
    product_stock_not_negative: "stock",
    product_cost_not_negative: "cost_cents",
    long_tag: "tags",
    many_tags: "tags",
    many_variants: "variants",
    slug_taken: "brand_id",
  };
  return known[reason] ?? KINDS.find(({ name }) => reason === `invalid_${name}`)?.name;
}
