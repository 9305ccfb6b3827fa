/**
 * What stands around the editor on a document's page: its name, and what one may. The editor hears of these on the
 * document's topic and says so here; nothing else on the page has a socket.
 */

import type { Right } from "./types";

/** What the page says of a right that is not the whole one. */
const RIGHT_SAYS = { read: "Read only", comment: "Comments only", suggest: "Suggestions only", edit: "" };

export const RIGHT_CHANGED = "document-right";

/** Somebody has renamed the document, here or elsewhere. */
export function titleChanged(title: string, page: Document = document): void {
  for (const head of page.querySelectorAll("[data-document-title]")) head.textContent = title;
  const field = page.querySelector<HTMLInputElement>("[data-renames-document] input[name=title]");
  if (field && field !== page.activeElement) field.value = title;
  if (field) field.defaultValue = title;
  page.title = `${title} · Cuelight`;
}

/** Where the page leads to its history. */
export function openHistory(): void {
  document.querySelector<HTMLAnchorElement>("[data-document-history]")?.click();
}

/** What one may do here is another than it was. */
export function rightChanged(right: Right, manages: boolean, page: Document = document): void {
  const chip = page.querySelector<HTMLElement>("[data-document-right]");
  if (chip) {
    chip.hidden = right === "edit";
    chip.textContent = RIGHT_SAYS[right];
  }
  const form = page.querySelector<HTMLElement>("[data-renames-document]");
  if (form && !manages) form.remove();
  page.dispatchEvent(new CustomEvent(RIGHT_CHANGED, { detail: { right, manages } }));
}
