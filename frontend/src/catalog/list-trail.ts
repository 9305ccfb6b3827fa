/** The list that a product was opened from: where "back", "previous" and "next" lead. It goes with the tab. */

import type { Answer } from "../lib/asking";
import type { Listed } from "./types";

const KEY = "cuelight-products-list";

export interface Trail {
  /** The list's own query, `page` among it. */
  query: string;
  page: number;
  ids: number[];
  more: boolean;
}

export function leaveTrail(trail: Trail, store: Pick<Storage, "setItem"> = sessionStorage): void {
  try {
    store.setItem(KEY, JSON.stringify(trail));
  } catch {
    // Without it the form has no "next": nothing else is lost.
  }
}

export function trailOf(store: Pick<Storage, "getItem"> = sessionStorage): Trail | undefined {
  try {
    const kept = store.getItem(KEY);
    return kept === null ? undefined : (JSON.parse(kept) as Trail);
  } catch {
    return undefined;
  }
}

export const listAddress = (trail: Trail | undefined): string =>
  `/products${trail?.query ? `?${trail.query}` : ""}`;

/** The query of another page of the same list. */
export function onPage(query: string, page: number): string {
  const params = new URLSearchParams(query);
  if (page > 1) params.set("page", String(page));
  else params.delete("page");
  return params.toString();
}

/** The product before (-1) or after (1) one of the list, over the edge of a page too; undefined: there is none. */
export async function neighbour(
  trail: Trail | undefined,
  id: number,
  step: -1 | 1,
  ask: (path: string) => Promise<Answer<Listed>>,
): Promise<{ id: number; trail: Trail } | undefined> {
  const at = trail?.ids.indexOf(id) ?? -1;
  if (!trail || at < 0) return undefined;
  const beside = trail.ids[at + step];
  if (beside !== undefined) return { id: beside, trail };
  const page = trail.page + step;
  if (page < 1 || (step === 1 && !trail.more)) return undefined;
  const query = onPage(trail.query, page);
  const answer = await ask(`/products/rows?${query}`);
  if (answer.is !== "ok" || !answer.data.products.length) return undefined;
  const ids = answer.data.products.map((product) => product.id);
  return { id: (step === 1 ? ids[0] : ids.at(-1))!, trail: { query, page, ids, more: answer.data.more } };
}

const FLASH = "cuelight-products-flash";

/** What the next page of the list says first; `changeSetId` takes it back. */
export interface Flash {
  message: string;
  changeSetId?: number;
}

export function leaveFlash(flash: Flash): void {
  try {
    sessionStorage.setItem(FLASH, JSON.stringify(flash));
  } catch {
    // Then it is not told of; what was done is done.
  }
}

export function takeFlash(): Flash | undefined {
  try {
    const kept = sessionStorage.getItem(FLASH);
    sessionStorage.removeItem(FLASH);
    return kept === null ? undefined : (JSON.parse(kept) as Flash);
  } catch {
    return undefined;
  }
}
