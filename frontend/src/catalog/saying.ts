/** Values of a product in words, for sentences. */

import { money } from "../lib/money";
import type { Kind } from "./product-fields";
import type { Brand, Variant } from "./types";

const LONGEST = 80;
let brands: readonly Brand[] = [];

/** Whose names stand for the ids of brands. */
export function brandsAre(known: readonly Brand[]): void {
  brands = known;
}

export function sayValue(kind: Kind, value: unknown, currency: string): string {
  if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return "nothing";
  if (kind.name === "brand_id") return brands.find(({ id }) => id === value)?.name ?? "another brand";
  if (kind.name === "is_featured") return value ? "featured" : "not featured";
  if (kind.name.endsWith("_cents")) return money(Number(value), currency);
  if (kind.name === "tags") return (value as string[]).join(", ");
  if (kind.name === "variants") return counted((value as Variant[]).length, "variant");
  const text = String(value).replace(/\s+/g, " ");
  return `“${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}”`;
}

export const counted = (count: number, one: string): string =>
  `${count.toLocaleString("en-US")} ${count === 1 ? one : `${one}s`}`;

/** What is left of a product, in words; nothing where that is unknown. */
export function stockWords(stock: number | null): string {
  if (stock === null) return "";
  return stock === 0 ? "Sold out" : `${stock.toLocaleString("en-US")} left`;
}
