/** Names of documents, changed where they stand: in a row of the list, and at the top of a document's page. */

import { openHistory, titleChanged } from "./page";
import { csrfToken } from "../lib/asking";

export function startDocuments(page: Document): void {
  for (const row of page.querySelectorAll<HTMLElement>("[data-show]")) renamesInRow(row);
  const form = page.querySelector<HTMLFormElement>("[data-renames-document]");
  if (form) renamesDocument(form);
  if (page.querySelector("[data-document-history]")) page.addEventListener("keydown", historyByKey);
}

/** The editor answers the same key while the caret is in the text. */
function historyByKey(event: KeyboardEvent): void {
  const { altKey, shiftKey, ctrlKey, metaKey, code, defaultPrevented } = event;
  if (defaultPrevented || code !== "KeyH" || !altKey || !shiftKey || !(ctrlKey || metaKey)) return;
  event.preventDefault();
  openHistory();
}

function renamesInRow(row: HTMLElement): void {
  const button = row.querySelector<HTMLElement>("[data-renames]");
  const form = row.querySelector<HTMLFormElement>(".doc-rename");
  const link = row.querySelector<HTMLElement>("[data-opens-show]");
  const name = link?.parentElement;
  if (!button || !form || !link || !name) return;
  const field = form.querySelector<HTMLInputElement>("input[name=title]")!;
  const open = () => {
    row.querySelector<HTMLDetailsElement>("[data-more]")!.open = false;
    name.prepend(form);
    link.hidden = true;
    form.hidden = false;
    field.select();
  };
  const close = () => {
    form.hidden = true;
    link.hidden = false;
    field.value = field.defaultValue;
    link.focus();
  };
  button.addEventListener("click", open);
  link.addEventListener("keydown", (event) => {
    if (event.key !== "F2") return;
    event.preventDefault();
    open();
  });
  form.addEventListener("keydown", (event) => {
    event.stopPropagation(); // arrows and letters are the field's here
    if (event.key === "Escape") close();
  });
}

/** The heading becomes a field that looks like it; the heading stays for who does not see. */
function renamesDocument(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLInputElement>("input[name=title]")!;
  const heading = document.querySelector<HTMLElement>("h1[data-document-title]");
  form.hidden = false;
  heading?.classList.add("sr-only");
  const said = document.createElement("p");
  said.className = "error";
  said.setAttribute("role", "alert");
  form.append(said);

  async function save(): Promise<void> {
    const title = field.value.trim();
    if (title === field.defaultValue || !title) {
      field.value = field.defaultValue;
      return;
    }
    said.textContent = "";
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
        body: new URLSearchParams({ title }),
        redirect: "manual",
      });
      const body = (await answer.json()) as { title?: string; message?: string };
      if (answer.ok && body.title) titleChanged(body.title);
      else said.textContent = body.message ?? "The name could not be changed.";
    } catch {
      said.textContent = "The studio does not answer. The name is as it was; try again in a moment.";
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    field.blur();
  });
  field.addEventListener("change", () => void save());
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    field.value = field.defaultValue;
    field.blur();
  });
}
