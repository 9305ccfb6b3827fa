/** What can be set of a line and of a session while they are prepared, as fields that save themselves. */

import { amount, readAmount, type Reading } from "../../lib/money";
import { readTime, writeTime } from "../../lib/planned-time";
import type { FieldKind, Value } from "../quick-edit.svelte";
import type { Item, OfProduct, SessionFacts } from "../types";

const text = {
  write: (value: NonNullable<Value>) => String(value).replaceAll("\r\n", "\n"),
  read: (typed: string): Reading<string> => ({ value: typed }),
};
const time = { write: (value: NonNullable<Value>) => writeTime(Number(value)), read: readTime };
const price = {
  write: (value: NonNullable<Value>, currency: string) => amount(Number(value), currency),
  read: readAmount,
};

/** Of its own, else nothing: what the product has stands in the empty field. */
const overriding = (name: keyof OfProduct) => {
  const owns = (item: Item) => !!item.overridden?.includes(name);
  return { name, owns, of: (item: Item) => (owns(item) ? item[name] : null), otherwise: "the product’s" };
};
const ofLine = (name: "planned_seconds" | "warn_seconds" | "danger_seconds" | "section" | "notes") => ({
  name,
  owns: (item: Item) => Boolean(item[name]),
  of: (item: Item) => item[name] || null,
});

export const ITEM_KINDS: readonly FieldKind[] = [
  { ...overriding("name"), label: "Name", ...text, read: (typed) => ({ value: typed.trim() }) },
  { ...overriding("talking_points_md"), label: "Talking points", ...text },
  { ...overriding("original_price_cents"), label: "Original price", ...price },
  { ...overriding("sale_price_cents"), label: "Sale price", ...price },
  { ...ofLine("planned_seconds"), label: "Planned time", otherwise: "its share", ...time },
  { ...ofLine("warn_seconds"), label: "Amber", otherwise: "the session’s", ...time },
  { ...ofLine("danger_seconds"), label: "Red", otherwise: "the session’s", ...time },
  {
    ...ofLine("section"),
    label: "Section",
    otherwise: "none",
    ...text,
    read: (typed) => ({ value: typed.trim() }),
  },
  { ...ofLine("notes"), label: "Notes for the crew", otherwise: "none", ...text },
];

/** What the product, or the session, has: it stands where the line has nothing of its own. */
export function otherwise(
  item: Item,
  name: string,
  session: SessionFacts | undefined,
  share: number,
): string {
  const currency = session?.currency ?? "USD";
  if (name === "planned_seconds") return share ? writeTime(Math.round(share)) : "m:ss";
  if (name === "warn_seconds" || name === "danger_seconds")
    return session ? writeTime(session[name]) : "m:ss";
  if (name === "section") return "None";
  if (name === "notes") return "Never on the host’s screen";
  const key = name as keyof OfProduct;
  const own = item.overridden?.includes(key);
  const value = own ? item.of_product?.[key] : item[key];
  if (value === null || value === undefined || value === "") return "None";
  return typeof value === "number" ? amount(value, currency) : value;
}

/** The product's own talking points, whatever the line has. */
export const pointsOfProduct = (item: Item): string =>
  (item.overridden?.includes("talking_points_md")
    ? item.of_product?.talking_points_md
    : item.talking_points_md) ?? "";

const DURATION = /^(?:(\d{1,2}):([0-5]\d)|(\d{1,4}))$/;

/** Minutes of `3:00` or `180`. */
export function readDuration(typed: string): Reading<number> {
  const match = DURATION.exec(typed.trim());
  const minutes = match
    ? match[3] !== undefined
      ? Number(match[3])
      : Number(match[1]) * 60 + Number(match[2])
    : NaN;
  if (Number.isNaN(minutes)) return { problem: "Type hours and minutes, such as 3:00" };
  return minutes >= 1 && minutes <= 1440
    ? { value: minutes }
    : { problem: "A session lasts between 1 minute and 24 hours" };
}

export const writeDuration = (minutes: number): string =>
  `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;

/** A moment as `datetime-local` writes it, in the browser's own zone. */
export function toLocal(iso: string): string {
  const at = new Date(iso);
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** As the server writes it: with its zone. */
export function fromLocal(typed: string): Reading<string> {
  const at = new Date(typed);
  if (Number.isNaN(at.getTime())) return { problem: "This is no date and time" };
  return { value: at.toISOString().replace(/\.000Z$/, "+00:00") };
}

const always = () => false;

export const SESSION_KINDS: readonly FieldKind<SessionFacts>[] = [
  {
    name: "name",
    label: "Name",
    otherwise: "",
    of: ({ name }) => name,
    owns: always,
    ...text,
    read: (typed) => ({ value: typed.trim() }),
    needed: "A session needs a name",
  },
  {
    name: "scheduled_at",
    label: "Starts",
    otherwise: "no date yet",
    of: ({ scheduled_at }) => scheduled_at,
    owns: ({ scheduled_at }) => scheduled_at !== null,
    write: (value) => toLocal(String(value)),
    read: fromLocal,
  },
  {
    name: "duration_minutes",
    label: "Length",
    otherwise: "",
    of: ({ duration_minutes }) => duration_minutes,
    owns: always,
    write: (value) => writeDuration(Number(value)),
    read: readDuration,
    needed: "A session needs a length, such as 3:00",
  },
  {
    name: "notes",
    label: "Notes for the crew",
    otherwise: "none",
    of: ({ notes }) => notes || null,
    owns: ({ notes }) => !!notes,
    ...text,
  },
];
