/** A studio's shop as it travels on `shopify:{studio_id}`, and the words for it. */

export interface ShopRun {
  id: number;
  kind: string;
  at: string;
  by: string;
  state: "done" | "failed";
  says: string;
  sentence: string;
  notes: string[];
  problems: number;
  missing: number;
  can_revert: boolean;
  reverted: boolean;
}

export interface ShopStatus {
  state: "connected" | "error" | "paused" | "none";
  domain: string;
  name: string;
  sentence: string;
  warning: string;
  last_synced_at: string | null;
  products: number;
  away: number;
  running: { done: number; total: number | null } | null;
  runs: ShopRun[];
}

export interface Reverted {
  restored: number;
  removed: number;
  recreated: number;
  left: number;
  why: string[];
}

const count = (number: number) => number.toLocaleString("en-US");
const counting = (number: number, one: string) => `${count(number)} ${one}${number === 1 ? "" : "s"}`;

/** Where a sync is. */
export function progress({ done, total }: { done: number; total: number | null }): string {
  if (!done && total === null) return "Asking the shop…";
  if (total === null) return `${counting(done, "product")} so far`;
  return total ? `Syncing ${count(done)} of ${count(Math.max(total, done))}` : "Looking for changes…";
}

/** What a sync did, or why it did not. */
export function told(run: ShopRun): string {
  if (run.state === "failed") return run.sentence || "It was broken off.";
  return run.says;
}

/** What taking a sync back did. */
export function revertedSays(reverted: Reverted): string {
  const parts = [
    reverted.restored && `${counting(reverted.restored, "product")} as before`,
    reverted.removed && `${count(reverted.removed)} taken away`,
    reverted.recreated && `${count(reverted.recreated)} brought back`,
    reverted.left && `${count(reverted.left)} left as they are`,
  ].filter(Boolean);
  return `Taken back: ${parts.join(", ") || "nothing was left to do"}. The next sync leaves these alone.`;
}
