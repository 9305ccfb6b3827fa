/** Where the editor gets people and products from: addresses of the page that it stands on. */

import { money } from "../lib/money";
import type { Card } from "./chips";
import type { Mention } from "./schema";

/** Somebody or something to be mentioned. */
export interface Suggestion extends Mention {
  /** One or two words beside the name. */
  detail?: string;
  picture?: string;
}

export type Suggest = (query: string, signal: AbortSignal) => Promise<Suggestion[]>;

interface ProductAnswer {
  id: number;
  name: string;
  price_cents: number | null;
  currency: string;
  picture: string | null;
}

async function answered<Answer>(address: string, signal?: AbortSignal): Promise<Answer> {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: signal ?? null });
  if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
  return answer.json() as Promise<Answer>;
}

/** `GET address?q=` answers `{results: [{kind, id, label, detail?, picture?}]}`. Without an address nothing is found. */
export function suggestFrom(address: string | undefined): Suggest {
  if (!address) return () => Promise.resolve([]);
  return async (query, signal) => {
    const asked = new URLSearchParams({ q: query });
    return (await answered<{ results: Suggestion[] }>(`${address}?${asked}`, signal)).results;
  };
}

/** `GET address?ids=1,2` answers `{products: [{id, name, price_cents, currency, picture}]}`; those that are gone miss. */
export function cardsFrom(address: string | undefined): (ids: number[]) => Promise<Card[]> {
  if (!address) return () => Promise.resolve([]);
  return async (ids) => {
    const { products } = await answered<{ products: ProductAnswer[] }>(`${address}?ids=${ids.join(",")}`);
    const found = new Map(products.map((product) => [product.id, product]));
    return ids.map((id) => {
      const product = found.get(id);
      if (!product) return { id, name: "", gone: true };
      const { name, price_cents, currency, picture } = product;
      return {
        id,
        name,
        ...(price_cents === null ? {} : { price: money(price_cents, currency) }),
        ...(picture ? { picture } : {}),
      };
    });
  };
}
