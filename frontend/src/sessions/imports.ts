import { money } from "../lib/money";

/** A run of the importer as it travels on `import:{id}`. */

export interface Problem {
  line: number;
  column: string;
  message: string;
}

interface PreviewRow {
  line: number;
  number: number | null;
  name: string | null;
  original_price_cents: number | null;
  sale_price_cents: number | null;
  charged_cents?: number | null;
  pid: string | null;
  sku: string | null;
  variants?: unknown[] | null;
  pictures?: string[];
}

interface Counts {
  new: number;
  updated: number;
  unchanged: number;
  skipped: number;
  /** Pictures that come from their addresses afterwards. */
  fetching?: number;
  new_brands?: string[];
}

/** One field of one product that a file would change; kept: a person changed it here, so it stays. */
export interface Difference {
  line: number;
  product_id: number;
  name: string;
  field: string;
  before: unknown;
  after: unknown;
  is_kept: boolean;
}

export interface Differences {
  /** Field → in how many products; so is `kept`. */
  changes: Record<string, number>;
  kept: Record<string, number>;
  products_kept: number;
  /** As many of each field as people read. */
  listed: Difference[];
}

export interface Column {
  header: string;
  field: string | null;
  samples: string[];
}

export interface Preview {
  currency: string;
  /** The format it is read as, and the one its header says: keys of `FORMATS`. */
  format: string;
  found: string;
  is_remembered: boolean;
  detail: string;
  columns: Column[];
  /** Fields that new products need and no column gives. */
  missing?: string[];
  rows: PreviewRow[];
  rows_total: number;
  images_found: number;
  errors: Problem[];
  errors_total: number;
  warnings: Problem[];
  warnings_total: number;
  would: Counts | null;
  differences: Differences | null;
}

/** What came of taking an import back. */
export interface Reverted {
  restored: number;
  removed: number;
  recreated: number;
  left: number;
  why: string[];
}

/** Pictures that are not here: still to be fetched, not to be had, and the first of these with why. */
export interface Outstanding {
  waiting: number;
  failed: number;
  listed: { url: string; product_id: number; product: string; why: string }[];
}

interface Result extends Partial<Counts> {
  rows?: number;
  lineup?: number;
  images?: number;
  message?: string;
  reverting?: boolean;
  reverted?: Reverted;
  not_reverted?: string;
  errors?: Problem[];
  errors_total?: number;
  warnings?: Problem[];
  warnings_total?: number;
}

export interface ImportRow {
  id: number;
  filename: string;
  status: "reading" | "preview" | "running" | "done" | "failed" | "cancelled";
  upsert: boolean;
  mapping?: Record<string, string>;
  format?: string;
  clear_blank?: boolean;
  also_edited?: boolean;
  change_set_id?: number | null;
  session_id: number | null;
  rows_total: number | null;
  rows_done: number;
  preview: Preview | null;
  result: Result | null;
  /** Of a run that asked for pictures. */
  pictures?: Outstanding | null;
}

export const FIELDS: readonly (readonly [field: string, name: string])[] = [
  ["", "Keep as it is"],
  ["number", "Number"],
  ["name", "Name"],
  ["short_name", "Short name"],
  ["details", "Name and talking points in one"],
  ["talking_points", "Talking points"],
  ["description", "Description"],
  ["description_html", "Description, HTML"],
  ["original_price", "Original price"],
  ["sale_price", "Sale price"],
  ["price", "Price that is charged"],
  ["compare_at", "Price crossed out"],
  ["cost", "Cost"],
  ["pid", "PID"],
  ["sku", "SKU"],
  ["stock", "Stock"],
  ["tags", "Tags"],
  ["external_url", "Link"],
  ["brand", "Brand"],
  ["barcode", "Barcode"],
  ["featured", "Featured"],
  ["image", "Picture of the zip"],
  ["image_url", "Picture’s address"],
  ["external_key", "Key in the shop"],
];

/** What only the formats of other systems have; such a column says what it is and is not for choosing. */
const OTHER_FIELDS: Record<string, string> = {
  handle: "Handle",
  option_name: "Option",
  option_value: "Option’s value",
  variant_title: "Variant",
  variant_id: "Variant’s id",
  variant_image: "Variant’s picture",
  variants: "Variants",
  image_position: "Picture’s place",
  image_alt: "Picture’s description",
  status: "Status",
  tag: "Tag",
  cuelight_id: "Cuelight id",
  others: "Other columns",
  ignored: "Left out",
  original_price_cents: "Original price in cents",
  sale_price_cents: "Sale price in cents",
  talking_points_md: "Talking points, Markdown",
};

/** The choices for one column: the usual ones, and what it is now. */
export function choicesFor(field: string | null): readonly (readonly [string, string])[] {
  if (!field || FIELDS.some(([each]) => each === field)) return FIELDS;
  return [...FIELDS, [field, OTHER_FIELDS[field] ?? field]];
}

export const FORMATS: readonly (readonly [key: string, name: string])[] = [
  ["plain", "A table, column by column"],
  ["cuelight", "Cuelight’s own list"],
  ["shopify", "Shopify products, new column names"],
  ["shopify-old", "Shopify products, old column names"],
  ["tiktok", "TikTok Shop batch edit"],
  ["whatnot", "Whatnot bulk listing"],
  ["medusa", "Medusa products, version 2"],
  ["medusa-1", "Medusa products, version 1"],
];

export const formatName = (key: string): string =>
  FORMATS.find(([each]) => each === key)?.[1] ?? "A table, column by column";

/** Shops write several lines for one product. */
const SEVERAL_LINES = ["shopify", "shopify-old", "tiktok", "medusa", "medusa-1"];
export const noun = (preview: Preview | null | undefined): string =>
  SEVERAL_LINES.includes(preview?.format ?? "") ? "product" : "row";

/** Nobody has said yet what the columns are: that is all there is to say of such a file. */
export const needsMapping = (preview: Preview): boolean =>
  preview.format === "plain" && !!preview.missing?.length && preview.errors_total > 0;

const CHANGED: Record<string, readonly [one: string, many: string]> = {
  name: ["name changes", "names change"],
  original_price_cents: ["price changes", "prices change"],
  sale_price_cents: ["sale price changes", "sale prices change"],
  stock: ["stock changes", "stocks change"],
  display_number: ["number changes", "numbers change"],
  brand_id: ["brand changes", "brands change"],
  short_name: ["short name changes", "short names change"],
  description: ["description changes", "descriptions change"],
  talking_points_md: ["talking points change", "talking points change"],
  pid: ["PID changes", "PIDs change"],
  sku: ["SKU changes", "SKUs change"],
  barcode: ["barcode changes", "barcodes change"],
  variants: ["product’s variants change", "products’ variants change"],
  tags: ["product’s tags change", "products’ tags change"],
  external_url: ["link changes", "links change"],
  cost_cents: ["cost changes", "costs change"],
  is_featured: ["feature mark changes", "feature marks change"],
  extra: ["product’s other columns change", "products’ other columns change"],
  external_key: ["key changes", "keys change"],
};
const FIELD_NAMES: Record<string, string> = {
  name: "Name",
  original_price_cents: "Price",
  sale_price_cents: "Sale price",
  stock: "Stock",
  display_number: "Number",
  brand_id: "Brand",
  short_name: "Short name",
  description: "Description",
  talking_points_md: "Talking points",
  pid: "PID",
  sku: "SKU",
  barcode: "Barcode",
  variants: "Variants",
  tags: "Tags",
  external_url: "Link",
  cost_cents: "Cost",
  is_featured: "Featured",
  extra: "Other columns",
  external_key: "Key",
};
export const fieldName = (field: string): string => FIELD_NAMES[field] ?? field;

/** What an import would do, one thing after another: "5 new", "3 prices change", "32 unchanged". */
export function summary(preview: Preview): string[] {
  const { would, differences } = preview;
  if (!would) return [];
  const parts = [would.new ? `${count(would.new)} new` : ""];
  for (const [field, number] of Object.entries(differences?.changes ?? {})) {
    const [one, many] = CHANGED[field] ?? [`${field} changes`, `${field} change`];
    parts.push(`${count(number)} ${number === 1 ? one : many}`);
  }
  if (would.unchanged) parts.push(`${count(would.unchanged)} unchanged`);
  if (differences?.products_kept)
    parts.push(`${count(differences.products_kept)} left alone because edited by hand`);
  if (would.skipped) parts.push(`${count(would.skipped)} there already, left as they are`);
  if (would.fetching) parts.push(`${counting(would.fetching, "picture")} to fetch`);
  if (would.new_brands?.length)
    parts.push(
      `${counting(would.new_brands.length, "new brand")}: ${would.new_brands.slice(0, 5).join(", ")}${would.new_brands.length > 5 ? " …" : ""}`,
    );
  return parts.filter(Boolean);
}

interface VariantShown {
  title: string;
  price_cents: number | null;
  stock: number | null;
}

/** A value of a field as people read it. */
export function shown(field: string, value: unknown, currency: string): string {
  if (value === null || value === undefined || value === "") return "—";
  if (typeof value === "number" && field.endsWith("_cents")) return money(value, currency);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (field === "variants" && Array.isArray(value))
    return (value as VariantShown[])
      .map(({ title, price_cents, stock }) => {
        const price = price_cents === null ? "" : ` ${money(price_cents, currency)}`;
        return `${title}${price}${stock === null ? "" : `, ${stock} left`}`;
      })
      .join("\n");
  return String(value);
}

/** What was taken back, in a sentence. */
export function takenBack(reverted: Reverted): string {
  const parts = [
    reverted.removed ? `${counting(reverted.removed, "new product")} removed again` : "",
    reverted.restored ? `${counting(reverted.restored, "product")} as before` : "",
    reverted.left ? `${count(reverted.left)} left as they are` : "",
  ].filter(Boolean);
  return `Taken back: ${parts.join(", ") || "there was nothing left of it"}.`;
}

/** How the pictures stand that come from elsewhere, while none is known to be missing. */
export function picturesSay({ waiting }: Outstanding, asked: number): string {
  if (waiting) return `${counting(waiting, "picture")} still to be fetched from elsewhere.`;
  return asked === 1 ? "The picture was fetched." : `All ${count(asked)} pictures were fetched.`;
}

const count = (number: number | null | undefined) => (number ?? 0).toLocaleString("en-US");

export const counting = (number: number | null | undefined, one: string) =>
  `${count(number)} ${number === 1 ? one : `${one}s`}`;

function counted(counts: Partial<Counts>): string {
  const parts = [
    `${count(counts.new)} new`,
    `${count(counts.updated)} updated`,
    `${count(counts.unchanged)} unchanged`,
    `${count(counts.skipped)} skipped`,
  ];
  return parts.filter((part) => !part.startsWith("0 ")).join(", ") || "nothing to do";
}

/** How it stands, in words. */
export function sentence(row: ImportRow): string {
  switch (row.status) {
    case "reading":
      return "Reading the file…";
    case "preview":
      if (!row.preview) return "";
      if (needsMapping(row.preview)) return "Which column is which? A product needs a name and a price.";
      if (row.preview.errors_total)
        return `${count(row.preview.errors_total)} to mend in ${counting(row.rows_total, noun(row.preview))}. Nothing is written until all are right.`;
      return `${counting(row.rows_total, noun(row.preview))}: ${counted(row.preview.would ?? {})}. Nothing is written yet.`;
    case "running":
      return `Importing ${count(row.rows_done)} of ${count(row.rows_total)}`;
    case "done":
      return `Done: ${counted(row.result ?? {})}${row.result?.images ? `, ${counting(row.result.images, "picture")}` : ""}.`;
    case "failed":
      return "Nothing was written.";
    case "cancelled":
      return "Cancelled. Nothing was written.";
  }
}

/** What a request was answered, if it was not done. */
export interface Told {
  message: string;
  /** Whether it went wrong; else the run had only moved on, and goes on. */
  wrong: boolean;
}

export const telling = (refusal: { reason: string; message: string }): Told => ({
  message: refusal.message,
  wrong: refusal.reason !== "import_moved_on",
});

/** What was told holds until the run takes its next step; that rows are counted meanwhile changes nothing. */
export const stillTrue = (
  told: Told | undefined,
  before: ImportRow | undefined,
  now: ImportRow,
): Told | undefined => (before?.status === now.status ? told : undefined);
