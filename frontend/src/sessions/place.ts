/** The address of what a page shows: `?sp=<item id>&img=<picture index>` (A4.13, A4.14). */

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

/** Makes the page's address say what it shows, without a page load. */
export function showPlace(place: Place | null, page: Pick<Window, "location" | "history"> = window): void {
  const { location, history } = page;
  const query = writePlace(location.search, place);
  if (query === location.search) return;
  try {
    history.replaceState(history.state, "", `${location.pathname}${query}`);
  } catch {
    // Safari takes a hundred in a while, and a held key makes more; the next move says where it is.
  }
}

function whole(text: string | null): number | null {
  return text !== null && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}
