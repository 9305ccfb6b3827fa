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
  pid: string | null;
  sku: string | null;
}

interface Counts {
  new: number;
  updated: number;
  unchanged: number;
  skipped: number;
}

export interface Preview {
  currency: string;
  columns: { header: string; field: string | null }[];
  rows: PreviewRow[];
  rows_total: number;
  images_found: number;
  errors: Problem[];
  errors_total: number;
  warnings: Problem[];
  warnings_total: number;
  would: Counts | null;
}

interface Result extends Partial<Counts> {
  rows?: number;
  lineup?: number;
  images?: number;
  message?: string;
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
  session_id: number | null;
  rows_total: number | null;
  rows_done: number;
  preview: Preview | null;
  result: Result | null;
}

export const FIELDS: readonly (readonly [field: string, name: string])[] = [
  ["", "Keep as it is"],
  ["number", "Number"],
  ["name", "Name"],
  ["short_name", "Short name"],
  ["details", "Name and talking points in one"],
  ["talking_points", "Talking points"],
  ["description", "Description"],
  ["original_price", "Original price"],
  ["sale_price", "Sale price"],
  ["pid", "PID"],
  ["sku", "SKU"],
  ["stock", "Stock"],
  ["tags", "Tags"],
  ["external_url", "Link"],
  ["image", "Picture"],
];

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
      if (row.preview.errors_total)
        return `${count(row.preview.errors_total)} to mend in ${counting(row.rows_total, "row")}. Nothing is written until all are right.`;
      return `${counting(row.rows_total, "row")}: ${counted(row.preview.would ?? {})}. Nothing is written yet.`;
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
