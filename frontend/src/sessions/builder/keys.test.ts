import { expect, test } from "vitest";
import { BUILDER_KEYS } from "../../lib/keymap";
import { intent, type Press } from "../../lib/keys";

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  code: "",
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  shiftKey: false,
  repeat: false,
  isComposing: false,
  ...more,
});
const SIGNS: Record<string, string> = {
  "↓": "ArrowDown",
  "↑": "ArrowUp",
  Esc: "Escape",
  "Page ↓": "PageDown",
  "Page ↑": "PageUp",
};

/** Heard by the field of the search, or the browser's own. */
const ELSEWHERE = new Set(["add", "add_and_go_on", "mark", "add_marked", "paste"]);

test("every key that the sheet explains is one the builder knows", () => {
  for (const { do: action, caps } of BUILDER_KEYS.bindings) {
    if (ELSEWHERE.has(action)) continue;
    for (const cap of caps) {
      const words = cap.startsWith("Page") ? [cap] : cap.split(" ");
      const key = SIGNS[words.at(-1)!] ?? words.at(-1)!;
      const held = words.slice(0, -1).filter((word) => word === "Shift" || word === "Alt");
      const known =
        held.length && !words.includes("Ctrl")
          ? BUILDER_KEYS.named(`${held.join("+")}+${key}`)?.do
          : intent(
              press(key, { ctrlKey: words.includes("Ctrl"), shiftKey: words.includes("Shift") }),
              "open",
              BUILDER_KEYS,
            )?.do;
      expect([cap, known]).toEqual([cap, action]);
    }
  }
});

test("no key means two things, and what only the sheet tells has none", () => {
  const taken = BUILDER_KEYS.bindings.flatMap(({ keys, letter, chord }) => [
    ...(keys ?? []),
    ...(letter ? [letter] : []),
    ...(chord ? [`Ctrl ${chord.shift} ${chord.letter}`] : []),
  ]);
  expect(new Set(taken).size).toBe(taken.length);
  for (const one of BUILDER_KEYS.bindings.filter(({ do: action }) => ELSEWHERE.has(action)))
    expect([one.keys, one.letter, one.chord]).toEqual([undefined, undefined, undefined]);
});

test("digits are a number, and the browser keeps what is its own", () => {
  expect(intent(press("7"), "open", BUILDER_KEYS)).toEqual({ do: "digit", digit: "7" });
  expect(intent(press("r", { ctrlKey: true }), "open", BUILDER_KEYS)).toBeUndefined();
  expect(intent(press("t"), "text", BUILDER_KEYS)).toBeUndefined();
});
