import { beforeEach, expect, test } from "vitest";
import { localise } from "./local-time";

interface Written {
  dateTime: string;
  dataset: { local?: string };
  textContent: string;
  title: string;
}

let page: Written[] = [];

/** As much of a page as the script touches. */
const root = { querySelectorAll: () => page } as unknown as ParentNode;

function moment(dateTime: string, local: string): Written {
  const written = { dateTime, dataset: { local }, textContent: "as the server wrote it", title: "" };
  page.push(written);
  return written;
}

beforeEach(() => {
  page = [];
});

/** Intl parts some locales' times with narrow spaces. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

test.each([
  ["time", "en-GB", "Europe/Berlin", "00:30:05"],
  ["time", "en-US", "America/New_York", "06:30:05 PM"],
  ["datetime", "en-GB", "Europe/Berlin", "28 Nov 2026, 00:30"],
  ["datetime", "de-DE", "Europe/Berlin", "28.11.2026, 00:30"],
  ["date", "en-GB", "Europe/Berlin", "28 Nov 2026"],
  ["date", "en-GB", "UTC", "27 Nov 2026"],
])("a %s in %s, %s reads %s…", (shape, locale, zone, expected) => {
  const written = moment("2026-11-27T23:30:05+00:00", shape);
  localise(root, locale, zone);
  expect(plain(written.textContent)).toBe(expected);
});

test("a summer's moment is in summer time", () => {
  const written = moment("2026-07-27T23:30:05+00:00", "time");
  localise(root, "en-GB", "Europe/Berlin");
  expect(written.textContent).toBe("01:30:05");
});

test("the title says the day and the zone", () => {
  const written = moment("2026-11-27T23:30:05+00:00", "time");
  localise(root, "en-GB", "Europe/Berlin");
  expect(plain(written.title)).toContain("28 November 2026");
  expect(written.title).toMatch(/CET|GMT\+1/);
});

test("running twice changes nothing more", () => {
  const written = moment("2026-11-27T23:30:05+00:00", "datetime");
  localise(root, "en-GB", "Europe/Berlin");
  const once = written.textContent;
  localise(root, "en-GB", "Europe/Berlin");
  expect(written.textContent).toBe(once);
});

test.each([
  ["not a moment", "time"],
  ["", "date"],
  ["2026-11-27T23:30:05+00:00", "fortnight"],
])("%s as %s stays as the server wrote it", (dateTime, local) => {
  const broken = moment(dateTime, local);
  const whole = moment("2026-11-27T23:30:05+00:00", "date");
  localise(root, "en-GB", "UTC");
  expect(broken.textContent).toBe("as the server wrote it");
  expect(whole.textContent).toBe("27 Nov 2026");
});
