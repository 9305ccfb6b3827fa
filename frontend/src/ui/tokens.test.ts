/** The contrasts of the look, computed from the tokens themselves. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const css = readFileSync(join(__dirname, "tokens.css"), "utf8");

/** The values that a rule of tokens.css gives: name → value. */
function table(selector: string): Map<string, string> {
  const body = css.slice(css.indexOf(`${selector} {`)).match(/\{([^}]*)\}/)?.[1] ?? "";
  return new Map([...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((found) => [found[1]!, found[2]!]));
}

const themes = { dark: table('[data-theme="dark"]'), light: table('[data-theme="light"]') };

/** Relative luminance of #rrggbb by WCAG 2.2: 0 to 1. */
function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

const levels = ["canvas", "surface", "raised", "control"];
const onLevels = ["text", "muted", "faint", "cue-text", "danger", "sale", "struck", "info", "rehearsal"];
/** Of words and what they stand on. */
const pairs: [string, string][] = [
  ...onLevels.flatMap((ink) => levels.map((level): [string, string] => [ink, level])),
  ["on-cue", "cue"],
  ["on-cue", "cue-lit"],
  ["on-air-text", "on-air"],
  ["rehearsal-text", "hatch-a"],
  ["rehearsal-text", "hatch-b"],
  ["muted", "image"],
  ["text", "image"],
  ["canvas", "text"],
];
/** What is no word but must be seen: the edge of a field, the ring of the focus. */
const shapes: [string, string][] = levels.flatMap((level) => [
  ["edge", level],
  ["focus", level],
]);

test.each(Object.entries(themes))("every word of the %s theme stands out by 4.5 at least", (_, colors) => {
  const weak = pairs
    .map(([ink, level]) => `${contrast(colors.get(ink)!, colors.get(level)!).toFixed(2)} ${ink} on ${level}`)
    .filter((line) => !(parseFloat(line) >= 4.5));
  expect(weak).toEqual([]);
});

test.each(Object.entries(themes))("fields and focus of the %s theme stand out by 3 at least", (_, colors) => {
  const weak = shapes
    .map(
      ([shape, level]) =>
        `${contrast(colors.get(shape)!, colors.get(level)!).toFixed(2)} ${shape} on ${level}`,
    )
    .filter((line) => !(parseFloat(line) >= 3));
  expect(weak).toEqual([]);
});

test("the known contrasts come out as they are known", () => {
  expect(contrast("#ffffff", "#000000")).toBeCloseTo(21, 1);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});

test("both themes have every color, and the light one is the same by choice and by the system", () => {
  expect([...themes.light.keys()]).toEqual([...themes.dark.keys()]);
  expect([...table('[data-theme="system"]')]).toEqual([...themes.light]);
});

test("every token that colors words is among those that were measured", () => {
  const measured = new Set(pairs.map(([ink]) => ink));
  // On live pages, which are dark always, the light of the cue may be read; there it is its own words' color.
  expect(themes.dark.get("cue")).toBe(themes.dark.get("cue-text"));
  const used = sources(join(__dirname, "..")).flatMap((source) =>
    [...source.matchAll(/(?<![\w-])color:\s*var\(--([\w-]+)\)/g)].map((found) => found[1]!),
  );
  expect(used.length).toBeGreaterThan(20);
  // Of a widget in OBS people choose the colors themselves.
  const chosen = ["accent", "phase"];
  const known = new Set([...measured, ...chosen, "cue", "ink", "line", "on-person"]);
  expect([...new Set(used)].filter((name) => !known.has(name))).toEqual([]);
});

test("the name of a person stands out on the color of that person, in both themes", () => {
  const paper = readFileSync(join(__dirname, "../documents/documents.css"), "utf8");
  const both = (token: string) =>
    [...paper.matchAll(new RegExp(`--${token}: light-dark\\((#\\w{6}), (#\\w{6})\\)`, "g"))].map((found) =>
      found.slice(1),
    );
  const [ink] = both("on-person");
  const people = both("person");
  expect(people).toHaveLength(8);
  for (const theme of [0, 1])
    expect(Math.min(...people.map((color) => contrast(color[theme]!, ink![theme]!)))).toBeGreaterThan(4.5);
});

test("the styles of office pages read the cue's light only through tokens that suit both themes", () => {
  const office = ["base.css", "office.css"].map((name) => readFileSync(join(__dirname, name), "utf8")).join();
  expect(office).not.toMatch(/(?<![\w-])color:\s*var\(--cue\)/);
  expect(office).not.toMatch(/#[0-9a-f]{3,6}\b/i);
});

/** The text of every style sheet and component below a folder. */
function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(css|svelte)$/.test(name))
    .map((name) => readFileSync(join(folder, name), "utf8"));
}
