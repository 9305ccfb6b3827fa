/** What a ticker says, part by part. Pure. */

import type { GoalRow, PublicEvent } from "../../audience.svelte";
import type { CardProduct } from "../../card.svelte";
import { amountFigure, figure } from "../../figures";
import type { Look } from "../../types";
import { filled, isolated } from "../../words";

export interface TickerSettings extends Look {
  messages: string;
  show_product: boolean;
  show_goal: boolean;
  show_latest: boolean;
  latest: number;
  product_label: string;
  goal_label: string;
  follow_label: string;
  subscription_label: string;
  gift_label: string;
  donation_label: string;
  raid_label: string;
  order_label: string;
  nobody: string;
  separator: "dot" | "bar" | "diamond" | "none";
  speed: number;
  direction: "left" | "right";
}

export interface Line {
  text: string;
  kind: "own" | "product" | "goal" | "latest";
}

interface Known {
  product: CardProduct | null;
  goal: GoalRow | undefined;
  latest: readonly PublicEvent[];
}

export function lines(settings: TickerSettings, { product, goal, latest }: Known): Line[] {
  const told: Line[] = settings.messages.split("|").map((text) => ({ text, kind: "own" }));
  if (settings.show_product && product) told.push({ text: ofProduct(settings, product), kind: "product" });
  // A goal that is only a preview's share has no figures of its own.
  if (settings.show_goal && goal && goal.target > 0)
    told.push({ text: ofGoal(settings, goal), kind: "goal" });
  if (settings.show_latest)
    for (const event of latest.slice(0, settings.latest))
      told.push({ text: ofEvent(settings, event), kind: "latest" });
  return told.map(({ text, kind }) => ({ text: text.trim(), kind })).filter(({ text }) => text !== "");
}

function ofProduct({ product_label }: TickerSettings, product: CardProduct): string {
  const cents = product.sale_price_cents ?? product.original_price_cents;
  return filled(product_label, {
    number: String(product.number),
    product: isolated(product.short_name || product.name),
    price: cents === null ? "" : amountFigure(cents, product.currency),
  });
}

function ofGoal({ goal_label }: TickerSettings, goal: GoalRow): string {
  const written = (value: number) => amountFigure(value, goal.currency);
  return filled(goal_label, {
    title: isolated(goal.title),
    value: written(goal.value),
    target: written(goal.target),
    left: written(Math.max(0, goal.target - goal.value)),
    percent: `${Math.floor(Math.min(1, goal.value / goal.target) * 100)}%`,
  });
}

function ofEvent(settings: TickerSettings, event: PublicEvent): string {
  const item = event.detail?.["item"];
  if (event.kind === "order" && typeof item !== "string") return "";
  return filled(settings[`${event.kind}_label`], {
    name: isolated(event.user?.name ?? settings.nobody),
    count: figure(event.count ?? 1),
    amount: event.amount ? amountFigure(event.amount.value, event.amount.currency) : "",
    item: isolated(String(item ?? "")),
  });
}

/** One turn of the line: its parts until it is as long as the box, so that there is never a gap. */
export function turn(said: readonly Line[], lettersInBox: number): Line[] {
  const letters = said.reduce((sum, { text }) => sum + text.length + 4, 0);
  if (letters === 0) return [];
  const times = Math.min(MOST_TIMES, Math.ceil(lettersInBox / letters));
  return Array.from({ length: times }, () => said).flat();
}

const MOST_TIMES = 40;
