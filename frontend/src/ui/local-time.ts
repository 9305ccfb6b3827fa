/**
 * Moments on Django's pages, in the viewer's own zone and locale. The server writes UTC and says so:
 * `<time datetime="…" data-local="time|hour|datetime|date">18:00:00 UTC</time>`.
 */

const SHAPES: Record<string, Intl.DateTimeFormatOptions> = {
  time: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  hour: { hour: "2-digit", minute: "2-digit" },
  datetime: { dateStyle: "medium", timeStyle: "short" },
  date: { dateStyle: "medium" },
};

/** Nobody reads a moment to the day without wondering about the zone: this stands in the title. */
const WHOLE: Intl.DateTimeFormatOptions = { dateStyle: "full", timeStyle: "long" };

/** Rewrites every marked moment below `root`; what is no moment stays as it is. May run twice. */
export function localise(root: ParentNode, locale?: string, timeZone?: string): void {
  const formats = new Map<string, Intl.DateTimeFormat>();
  const whole = new Intl.DateTimeFormat(locale, { ...WHOLE, timeZone });
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-local]")) {
    const name = element.dataset.local ?? "";
    const shape = SHAPES[name];
    const at = Date.parse(element.dateTime);
    if (!shape || Number.isNaN(at)) continue;
    const format = formats.get(name) ?? new Intl.DateTimeFormat(locale, { ...shape, timeZone });
    formats.set(name, format);
    element.textContent = format.format(at);
    element.title = whole.format(at);
  }
}
