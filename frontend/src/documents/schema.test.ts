import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BLOCK, EMBEDS, INLINE, isBlock, isEmbed, isInline } from "./schema";

const RECORDING = new URL("../../../contracts/documents/schema.json", import.meta.url);
const recorded = JSON.parse(readFileSync(RECORDING, "utf8"));

const judged = (table: object, values: unknown[], accepts: (name: string, value: unknown) => boolean) =>
  Object.fromEntries(
    Object.keys(table).map((name) => [
      name,
      values.flatMap((value, index) => (accepts(name, value) ? [index] : [])),
    ]),
  );

test("attributes and embeds are judged as the server judges them", () => {
  expect(judged(INLINE, recorded.values, isInline)).toEqual(recorded.inline);
  expect(judged(BLOCK, recorded.values, isBlock)).toEqual(recorded.block);
  expect(judged(EMBEDS, recorded.embedded, isEmbed)).toEqual(recorded.embeds);
});

test("names that every object has are no attributes", () => {
  for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
    expect(isInline(name, true)).toBe(false);
    expect(isBlock(name, true)).toBe(false);
    expect(isEmbed(name, true)).toBe(false);
  }
});
