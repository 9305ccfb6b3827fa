/** The numbers behind the chart of a stream. Pure. */

export interface PlatformLine {
  name: string;
  viewers: (number | null)[];
}

/** Columns of the same length; `minutes` are seconds since 1970. Null: nobody told. */
export interface History {
  minutes: number[];
  viewers: (number | null)[];
  platforms: PlatformLine[];
  messages: number[];
}

/** What a screen reader hears instead of the picture. */
export function spoken(history: History): string {
  const told = history.viewers.filter((count): count is number => count !== null);
  const peak = told.length ? Math.max(...told) : undefined;
  const most = Math.max(0, ...history.messages);
  const viewers = peak === undefined ? "No platform told how many watched." : `At most ${peak} watched.`;
  return `${viewers} At most ${most} messages were written in a minute. The table below has the numbers.`;
}

/** One minute in words, for the line above the chart. */
export function minuteOf(history: History, index: number, locale?: string, timeZone?: string): string {
  const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone });
  const number = new Intl.NumberFormat(locale);
  const viewers = history.viewers[index];
  const shares = history.platforms.length > 1 ? history.platforms : [];
  const by = shares
    .filter(({ viewers: column }) => column[index] != null)
    .map(({ name, viewers: column }) => `${name} ${number.format(column[index]!)}`);
  const watched = viewers == null ? "viewers not known" : `${number.format(viewers)} viewers`;
  const written = history.messages[index] ?? 0;
  const words = written === 1 ? "1 message" : `${number.format(written)} messages`;
  const split = by.length ? ` (${by.join(", ")})` : "";
  return `${clock.format((history.minutes[index] ?? 0) * 1000)} · ${watched}${split} · ${words}`;
}
