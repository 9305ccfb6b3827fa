/**
 * What the office pages of sessions do beside being forms: the list by keys, times in the viewer's zone, a long choice
 * that is narrowed by typing. Without it every page still works, with the mouse, Tab and UTC.
 */

import { composes } from "../lib/keys";

/** Minutes that a clock here is ahead of UTC at a local time such as "2026-11-27T18:00"; undefined: no such time. */
export function offsetAt(local: string): number | undefined {
  const moment = new Date(local);
  if (Number.isNaN(moment.getTime())) return undefined;
  return 0 - moment.getTimezoneOffset(); // not -0
}

/** Whether the clocks here jump over that time when they go forward. */
export function isSkipped(local: string): boolean {
  const moment = new Date(local);
  return !Number.isNaN(moment.getTime()) && localOf(moment) !== local.slice(0, 16);
}

/** As a field for a local day and time has it. */
export function localOf(moment: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const year = String(moment.getFullYear()).padStart(4, "0");
  const day = `${year}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

/** Whether every typed word is in the text. */
export function fits(text: string, typed: string): boolean {
  const plain = (words: string) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const within = plain(text);
  return plain(typed)
    .split(/\s+/)
    .every((word) => within.includes(word));
}

export function startOffice(page: Document): void {
  for (const field of page.querySelectorAll<HTMLElement>("[data-when]")) showZone(field);
  const offset = String(-new Date().getTimezoneOffset());
  for (const input of page.querySelectorAll<HTMLInputElement>("[data-utc-offset]")) input.value = offset;
  for (const link of page.querySelectorAll<HTMLAnchorElement>("[data-offset-link]"))
    link.href += `&offset=${offset}`;
  for (const input of page.querySelectorAll<HTMLInputElement>("[data-filters]")) filter(page, input);
  const saved = page.querySelector<HTMLFormElement>("form[data-saves]");
  if (saved) saveByKey(page, saved);
  for (const menu of page.querySelectorAll<HTMLDetailsElement>("[data-more]")) oneAtATime(page, menu);
  if (page.querySelector("[data-shows]")) listByKeys(page);
}

/** The field holds UTC until here; from here on it is the viewer's time, and says so. */
function showZone(field: HTMLElement): void {
  const time = field.querySelector<HTMLInputElement>("input[type=datetime-local]")!;
  const offset = field.querySelector<HTMLInputElement>("input[name=utc_offset]")!;
  const zone = field.querySelector("[data-zone]")!;
  // What a refused form shows again was typed here and has come with its offset.
  if (time.value && offset.value === "0") time.value = localOf(new Date(`${time.value}Z`));
  const changed = () => {
    offset.value = String(offsetAt(time.value) ?? -new Date().getTimezoneOffset());
    time.setCustomValidity(
      isSkipped(time.value) ? "The clocks go forward then: that day has no such time." : "",
    );
    zone.textContent = zoneName(new Date(time.value));
  };
  time.addEventListener("input", changed);
  changed();
}

function zoneName(at: Date): string {
  const moment = Number.isNaN(at.getTime()) ? new Date() : at;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const parts = new Intl.DateTimeFormat("en", { timeZoneName: "shortOffset" }).formatToParts(moment);
  const offset = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  return timeZone ? `your zone, ${timeZone.replaceAll("_", " ")} (${offset})` : `your zone (${offset})`;
}

/** Only the choices that fit what is typed; what is chosen stays in sight. */
function filter(page: Document, input: HTMLInputElement): void {
  const list = page.getElementById(input.dataset.filters ?? "");
  if (!list) return;
  const narrow = () => {
    let shown = 0;
    for (const choice of list.querySelectorAll<HTMLElement>("label")) {
      const stays = fits(choice.textContent ?? "", input.value) || choice.querySelector(":checked") !== null;
      choice.hidden = !stays;
      if (stays) shown += 1;
    }
    list.querySelector<HTMLElement>(".begin-none")!.hidden = shown > 0;
  };
  input.addEventListener("input", narrow);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || composes(event)) return;
    event.preventDefault();
    const first = [...list.querySelectorAll<HTMLElement>("label:not([hidden]) input")];
    (first.find((choice) => !choice.closest("[data-always]")) ?? first[0])?.click();
    list.querySelector<HTMLElement>("input:checked")?.focus();
  });
}

function saveByKey(page: Document, form: HTMLFormElement): void {
  page.addEventListener("keydown", (event) => {
    if (
      !(event.ctrlKey || event.metaKey) ||
      event.altKey ||
      event.shiftKey ||
      event.key.toLowerCase() !== "s"
    )
      return;
    event.preventDefault();
    if (!page.querySelector("dialog[open]")) form.requestSubmit();
  });
}

/** A menu closes when another opens, on Escape, and on a click beside it. */
function oneAtATime(page: Document, menu: HTMLDetailsElement): void {
  const close = (event: Event) => {
    if (menu.open && !menu.contains(event.target as Node)) menu.open = false;
  };
  menu.addEventListener("toggle", () => {
    if (!menu.open) return;
    const { bottom } = menu.getBoundingClientRect();
    const list = menu.querySelector<HTMLElement>(".more-list")!;
    menu.toggleAttribute(
      "data-up",
      bottom + list.offsetHeight + 8 > innerHeight && bottom > list.offsetHeight,
    );
  });
  page.addEventListener("pointerdown", close);
  page.addEventListener("focusin", close);
  menu.addEventListener("keydown", (event) => {
    const back = event.key === "Escape" || event.key === "ArrowLeft";
    if (menu.open && back) {
      event.preventDefault();
      event.stopPropagation();
      menu.open = false;
      menu.querySelector("summary")?.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      event.stopPropagation();
      step(
        [...menu.querySelectorAll<HTMLElement>("summary, .more-list a, .more-list button")],
        page,
        event.key === "ArrowDown" ? 1 : -1,
      );
    }
  });
}

/** `/` find, `N` new, arrows through the rows, → what else can be done with one. */
function listByKeys(page: Document): void {
  page.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || composes(event)) return;
    if (page.querySelector("dialog[open]")) return;
    const target = event.target as HTMLElement;
    if (target.matches("textarea, select, input:not([type=radio], [type=checkbox])")) {
      if (event.key === "Escape") target.blur();
      if (event.key !== "ArrowDown" || !target.matches("[type=search]")) return;
    }
    const rows = [...page.querySelectorAll<HTMLElement>("[data-opens-show]")];
    const key = event.key.toLowerCase();
    const named = key.length === 1 && page.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    if (named) {
      if (named.matches("input")) named.focus();
      else named.click();
    } else if (key === "arrowdown") step(rows, page, 1);
    else if (key === "arrowup") step(rows, page, -1);
    else if (key === "arrowright" && rows.includes(target)) openMenu(target);
    else return;
    event.preventDefault();
  });
  // What the back button brings from memory may have changed, and its forms were sent.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

function openMenu(link: HTMLElement): void {
  const menu = link.closest("[data-show]")?.querySelector<HTMLDetailsElement>("[data-more]");
  if (!menu) return;
  menu.open = true;
  menu.querySelector<HTMLElement>(".more-list a, .more-list button")?.focus();
}

function step(stops: HTMLElement[], page: Document, by: number): void {
  const row = page.activeElement?.closest("[data-show]");
  const at = stops.findIndex(
    (stop) =>
      stop === page.activeElement ||
      (row !== null && stop.closest("[data-show]") === row && stop.matches("[data-opens-show]")),
  );
  const next = at < 0 ? (by > 0 ? 0 : stops.length - 1) : Math.min(Math.max(at + by, 0), stops.length - 1);
  stops[next]?.focus();
}
