import { expect, test } from "vitest";
import { collapsedIn, isBracket } from "./sidebar";

test("the sidebar is narrow where its cookie says so, and nowhere else", () => {
  expect(collapsedIn("a=1; cuelight-sidebar=collapsed; b=2")).toBe(true);
  for (const other of ["", "cuelight-sidebar=expanded", "cuelight-sidebar=", "x-cuelight-sidebar=collapsed"])
    expect(collapsedIn(other)).toBe(false);
});

const press = (key: string, code: string, ...held: ("ctrlKey" | "altKey" | "metaKey")[]) => ({
  key,
  code,
  ctrlKey: held.includes("ctrlKey"),
  altKey: held.includes("altKey"),
  metaKey: held.includes("metaKey"),
});

test.each([
  ["on an English board", press("[", "BracketLeft")],
  ["by AltGr on a German board", press("[", "Digit8")],
  ["by AltGr, where that is Ctrl and Alt", press("[", "Digit8", "ctrlKey", "altKey")],
  ["by Option on a German Mac", press("[", "Digit5", "altKey")],
  ["by its place on a Russian board", press("х", "BracketLeft")],
])("the bracket is heard %s", (_, event) => {
  expect(isBracket(event)).toBe(true);
});

test.each([
  ["what a German board prints in its place", press("ü", "BracketLeft")],
  ["its neighbour", press("]", "BracketRight")],
  ["back, on a Mac", press("[", "BracketLeft", "metaKey")],
  ["further out, in a text", press("[", "BracketLeft", "ctrlKey")],
  ["another Russian letter", press("ъ", "BracketRight")],
  ["a key without a sign", press("Enter", "Enter")],
])("%s is not it", (_, event) => {
  expect(isBracket(event)).toBe(false);
});
