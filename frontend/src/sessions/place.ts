/** The address of what a page shows: `?sp=<item id>&img=<picture index>` (A4.13, A4.14). Pure. */

import type { Item } from "./types";

export interface Place {
  itemId: number;
  imageIndex: number;
}

/** What an address asks to show; null when it asks for nothing, or for something that is not in this lineup. */
export function readPlace(search: string, items: readonly Item[]): Place | null {
  const query = new URLSearchParams(search);
  const itemId = whole(query.get("sp"));
  const item = items.find((one) => one.id === itemId);
  if (!item) return null;
  const image = whole(query.get("img") ?? "0");
  return { itemId: item.id, imageIndex: image !== null && image < item.images.length ? image : 0 };
}

/** The query of an address that shows this; other parameters stay. */
export function writePlace(search: string, place: Place | null): string {
  const query = new URLSearchParams(search);
  if (place) {
    query.set("sp", String(place.itemId));
    query.set("img", String(place.imageIndex));
  } else {
    query.delete("sp");
    query.delete("img");
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}

function whole(text: string | null): number | null {
  return text !== null && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}
