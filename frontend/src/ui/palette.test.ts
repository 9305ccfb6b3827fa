import fc from "fast-check";
import { expect, test } from "vitest";
import { initials } from "./initials";
import { found, stepped, type Entry } from "./palette";
import { themeIn } from "./theme";

const entry = (title: string, detail = "Console"): Entry => ({ title, detail, href: `/${title}` });
const entries = [
  entry("Holiday Vault"),
  entry("Holiday Vault", "Host screen"),
  entry("Vault of spring"),
  entry("Décolleté night"),
  entry("Imports", "Page"),
];
const titles = (typed: string) => found(entries, typed).map(({ title, detail }) => `${title} ${detail}`);

test("nothing typed finds everything in the order it came in", () => {
  expect(found(entries, "  ")).toEqual(entries);
});

test("what begins with the letters comes before what only holds them", () => {
  expect(titles("vault")).toEqual([
    "Vault of spring Console",
    "Holiday Vault Console",
    "Holiday Vault Host screen",
  ]);
});

test("every word typed must be found, in whichever order", () => {
  expect(titles("host holi")).toEqual(["Holiday Vault Host screen"]);
  expect(titles("holiday nonsense")).toEqual([]);
});

test("marks and case do not matter", () => {
  expect(titles("DECOLLETE")).toEqual(["Décolleté night Console"]);
});

test("what is found was there, holds every word, and is no longer than asked for", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string().map((title) => entry(title))),
      fc.string(),
      fc.nat(9),
      (list, typed, most) => {
        const answers = found(list, typed, most);
        expect(answers.length).toBeLessThanOrEqual(most);
        for (const one of answers) expect(list).toContain(one);
      },
    ),
  );
});

test("steps go around both ends and never leave the list", () => {
  expect([stepped(0, -1, 3), stepped(2, 1, 3), stepped(1, 1, 3), stepped(0, 1, 0)]).toEqual([2, 0, 2, -1]);
});

test("initials are of the first and the last word", () => {
  expect(["Mia Producer", "ada", " Ana de la Cruz ", "", "😀 x"].map(initials)).toEqual([
    "MP",
    "A",
    "AC",
    "?",
    "😀X",
  ]);
});

test("a cookie names the theme, and what is no theme is the system's", () => {
  expect(themeIn("a=1; cuelight-theme=light; b=2")).toBe("light");
  expect(themeIn("cuelight-theme=dark")).toBe("dark");
  for (const odd of ["", "cuelight-theme=", "cuelight-theme=pink", "x-cuelight-theme=dark"]) {
    expect(themeIn(odd)).toBe("system");
  }
});
