/** What narrows the list of products, as it stands in the address: a list can be shared, and Back works. */

import { amount, readAmount } from "../lib/money";

export const SORTS = [
  ["number", "Brand and number"],
  ["name", "Name"],
  ["newest", "Newest first"],
  ["price", "Price"],
  ["stock", "Stock"],
] as const;

export interface Query {
  q: string;
  brand: string;
  tag: string;
  stock: string;
  /** Minor units, as text. */
  least: string;
  most: string;
  picture: string;
  featured: string;
  used: string;
  sort: string;
  page: number;
}

export const EVERYTHING: Query = {
  q: "",
  brand: "",
  tag: "",
  stock: "",
  least: "",
  most: "",
  picture: "",
  featured: "",
  used: "",
  sort: "number",
  page: 1,
};

const NARROWING = ["q", "brand", "tag", "stock", "least", "most", "picture", "featured", "used"] as const;

export function read(search: string): Query {
  const params = new URLSearchParams(search);
  const query = { ...EVERYTHING };
  for (const name of [...NARROWING, "sort"] as const) query[name] = params.get(name) ?? query[name];
  const page = Number(params.get("page"));
  query.page = Number.isInteger(page) && page > 1 ? page : 1;
  return query;
}

export function write(query: Query): string {
  const params = new URLSearchParams();
  for (const name of NARROWING) if (query[name]) params.set(name, query[name]);
  if (query.sort !== EVERYTHING.sort) params.set("sort", query.sort);
  if (query.page > 1) params.set("page", String(query.page));
  return params.toString();
}

/** Whether anything is left out of the list. */
export const isNarrowed = (query: Query): boolean => NARROWING.some((name) => query[name] !== "");

/** A price of the address as a field shows it. */
export function shownPrice(minorUnits: string, currency: string): string {
  return /^\d{1,12}$/.test(minorUnits) ? amount(Number(minorUnits), currency) : "";
}

/** What somebody typed as the end of a range: minor units as text, nothing, or why not. */
export function readEnd(typed: string, currency: string): { value: string } | { problem: string } {
  if (!typed.trim()) return { value: "" };
  if (/^\s*0+([.,]0+)?\s*$/.test(typed)) return { value: "0" };
  const reading = readAmount(typed, currency);
  return "value" in reading ? { value: String(reading.value) } : reading;
}
