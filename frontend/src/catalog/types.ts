/** Products as the catalogue's own pages have them. Prices are whole minor units of the studio's currency. */

export interface Variant {
  title: string;
  sku: string;
  barcode: string;
  price_cents: number | null;
  compare_at_cents: number | null;
  stock: number | null;
}

/** The columns that the form has. */
export interface ProductValues {
  brand_id: number;
  display_number: number | null;
  name: string;
  short_name: string;
  description: string;
  talking_points_md: string;
  original_price_cents: number;
  sale_price_cents: number | null;
  cost_cents: number | null;
  pid: string | null;
  sku: string;
  barcode: string;
  stock: number | null;
  is_featured: boolean;
  external_url: string;
  tags: string[];
  variants: Variant[];
}

export type FieldName = keyof ProductValues;

/** A product as its form has it. `updated_at` is text that sorts as the times do. */
export interface Product extends ProductValues {
  id: number;
  updated_at: string;
  extra: Record<string, unknown>;
  external_key: string;
  hand_edited: string[];
  talking_points_html: string;
}

/** One session that has the product in its lineup. */
export interface Use {
  session_id: number;
  name: string;
  status: string;
  number: number;
  href: string;
}

export interface Brand {
  id: number;
  name: string;
}

/** One line of the list; `used`: in how many sessions. */
export interface ListedProduct {
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
  is_featured: boolean;
  tags: string[];
  image_count: number;
  variant_count: number;
  thumbnail_url: string | null;
  used: number;
}

export interface Listed {
  products: ListedProduct[];
  more: boolean;
  /** What was looked for instead of mistyped words, or beside them when some products have what was typed. */
  meant: string;
  as_typed: boolean;
}

/** What an edit of several did; `change_set_id` takes it back. */
export interface Done {
  change_set_id: number | null;
  changed: number;
  unchanged: number;
  left: number;
  why: string[];
}
