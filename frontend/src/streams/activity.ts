/** What happened, in words; much of the same at once as one row. Pure. */

import { amountInWords, count, names } from "./amounts";
import type { Kind, StreamEvent } from "./types";

export interface ActivityRow {
  /** Of the newest event in it. */
  id: number;
  kind: Kind;
  platform: string;
  who: string;
  what: string;
  /** What stands out: an amount, a number. */
  worth: string;
  text: string;
  at: string;
  rehearsal: boolean;
}

interface Group {
  newest: StreamEvent;
  events: StreamEvent[];
}

/** Kinds that come in crowds, and within how many milliseconds of each other they are one. */
const CROWDS: Partial<Record<Kind, number>> = { like: 60_000, join: 60_000, follow: 20_000 };
/** So few follows are still told one by one: each is somebody. */
const FEW: Partial<Record<Kind, number>> = { follow: 3 };
const NAMES_KEPT = 3;

/** The newest first, as rows: at most so many. */
export function activityRows(events: readonly StreamEvent[], most: number): ActivityRow[] {
  const groups: Group[] = [];
  const open = new Map<string, Group>();
  for (const event of events) {
    const key = `${event.kind} ${event.platform} ${event.rehearsal === true}`;
    const last = open.get(key);
    const within = CROWDS[event.kind];
    const oldest = last?.events.at(-1);
    if (last && oldest && within && Date.parse(oldest.at) - Date.parse(event.at) <= within) {
      last.events.push(event);
      continue;
    }
    if (groups.length === most) break;
    const group = { newest: event, events: [event] };
    groups.push(group);
    open.set(key, group);
  }
  return groups
    .flatMap((group) =>
      group.events.length <= (FEW[group.newest.kind] ?? 0) ? group.events.map(single) : [crowd(group)],
    )
    .sort((one, other) => other.id - one.id)
    .slice(0, most);
}

function single(event: StreamEvent): ActivityRow {
  return crowd({ newest: event, events: [event] });
}

function crowd({ newest: event, events }: Group): ActivityRow {
  const row = {
    id: event.id,
    kind: event.kind,
    platform: event.platform,
    text: event.text ?? "",
    at: event.at,
    rehearsal: event.rehearsal === true,
  };
  if (events.length === 1) return { ...row, who: who(event), ...told(event) };
  const all = [...new Set(events.flatMap(({ user }) => (user?.name ? [user.name] : [])))];
  const several = names(all.slice(0, NAMES_KEPT), Math.max(all.length, 1));
  const times = events.reduce((sum, one) => sum + (one.count || 1), 0);
  const [what, worth] = {
    like: [all.length > 1 ? "like this" : "likes this", `${count(times)} likes`],
    join: ["came in", `${count(events.length)} viewers`],
    follow: ["follow", `${count(events.length)} follows`],
  }[event.kind as "like" | "join" | "follow"] as [string, string];
  return { ...row, text: "", who: several, what, worth };
}

function who({ user, detail, kind }: StreamEvent): string {
  if (detail?.is_anonymous || !user?.name) return kind === "order" ? "New order" : "Somebody";
  return user.name;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number => (typeof value === "number" ? value : 0);

function told(event: StreamEvent): { what: string; worth: string } {
  const { kind, amount, detail = {} } = event;
  const many = event.count ?? 0;
  const worth = amount ? amountInWords(amount) : "";
  switch (kind) {
    case "follow":
      return { what: "follows", worth: "" };
    case "subscription":
      return { what: subscribed(detail, many), worth: tier(detail.tier) };
    case "gift": {
      const item = text(detail.item);
      if (item) return { what: many > 1 ? `sends ${count(many)} × ${item}` : `sends ${item}`, worth };
      const what = many === 1 ? "gives a subscription" : `gives ${count(many || 1)} subscriptions`;
      return { what, worth: worth || tier(detail.tier) };
    }
    case "donation":
      return { what: amount && amount.currency === "BITS" ? "cheers" : "donates", worth };
    case "raid":
      return { what: "raids this stream", worth: many === 1 ? "1 viewer" : `${count(many)} viewers` };
    case "like":
      return { what: "likes this", worth: many > 1 ? `${count(many)} likes` : "" };
    case "order": {
      const item = text(detail.item) || text(detail.sku) || "a product";
      const some = `${many > 1 ? `${count(many)} × ` : ""}${item}`;
      return { what: event.user?.name ? `orders ${some}` : some, worth };
    }
    case "join":
      return { what: "came in", worth: "" };
    default:
      return { what: event.text ?? "", worth };
  }
}

function subscribed(detail: Readonly<Record<string, unknown>>, many: number): string {
  const months = number(detail.months) || many;
  if (detail.is_gift) return "was given a subscription";
  return months > 1 ? `subscribes, ${count(months)} months now` : "subscribes";
}

/** Twitch counts tiers in thousands. */
function tier(value: unknown): string {
  const level = { "1000": "1", "2000": "2", "3000": "3" }[String(value)] ?? text(value);
  return /^[1-9]$/.test(level) ? `Tier ${level}` : level.slice(0, 20);
}
