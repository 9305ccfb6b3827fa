import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FORGOTTEN_AFTER_MS, intent, NumberBuffer, Throttle, type Place, type Press } from "./keys";

function press(key: string, code = "", more: Partial<Press> = {}): Press {
  return {
    key,
    code,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    shiftKey: false,
    repeat: false,
    isComposing: false,
    ...more,
  };
}

const meant = (key: string, code = "", more: Partial<Press> = {}, place: Place = "open") =>
  intent(press(key, code, more), place)?.do;

describe("the key map", () => {
  test.each([
    ["ArrowDown", "ArrowDown", "next"],
    ["j", "KeyJ", "next"],
    [" ", "Space", "next"],
    ["ArrowUp", "ArrowUp", "previous"],
    ["k", "KeyK", "previous"],
    ["ArrowRight", "ArrowRight", "next_image"],
    ["l", "KeyL", "next_image"],
    ["ArrowLeft", "ArrowLeft", "previous_image"],
    ["h", "KeyH", "previous_image"],
    ["Home", "Home", "first"],
    ["End", "End", "last"],
    ["Enter", "Enter", "enter"],
    ["Enter", "NumpadEnter", "enter"],
    ["Escape", "Escape", "clear"],
    ["v", "KeyV", "toggle_card"],
    ["m", "KeyM", "message"],
    ["?", "Slash", "help"],
    ["x", "KeyX", undefined],
    ["Tab", "Tab", undefined],
    ["F5", "F5", undefined],
  ])("%s on %s is %s", (key, code, expected) => expect(meant(key, code)).toBe(expected));

  test("letters go by their place: Cyrillic and Dvorak boards have them where the caps are", () => {
    expect(meant("о", "KeyJ")).toBe("next");
    expect(meant("л", "KeyK")).toBe("previous");
    expect(meant("j", "KeyC")).toBe(undefined);
  });

  test("digits go by value: numpad, and the shifted row of a French board", () => {
    expect(intent(press("7", "Numpad7"), "open")).toEqual({ do: "digit", digit: "7" });
    expect(intent(press("2", "Digit2", { shiftKey: true }), "open")).toEqual({ do: "digit", digit: "2" });
    expect(meant("é", "Digit2")).toBe(undefined);
  });

  test.each(["٣", "३", "３", "Ⅳ", "½", "²"])("%s is no digit of a product number", (key) => {
    expect(meant(key, "Digit3")).toBe(undefined);
  });

  test("undo and redo are ours on every board; all else with Ctrl, Alt or Cmd is the browser's", () => {
    expect(meant("z", "KeyZ", { ctrlKey: true })).toBe("undo");
    expect(meant("w", "KeyZ", { metaKey: true })).toBe("undo");
    expect(meant("Z", "KeyZ", { ctrlKey: true, shiftKey: true })).toBe("redo");
    for (const key of ["r", "l", "j", "1", "ArrowDown"])
      expect(meant(key, "KeyJ", { ctrlKey: true })).toBe(undefined);
    expect(meant("ArrowLeft", "ArrowLeft", { altKey: true })).toBe(undefined);
    expect(meant("z", "KeyZ", { ctrlKey: true, altKey: true })).toBe(undefined);
  });

  test("nothing typed into a text, a dialog or an input method moves the show", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("5", "Enter", " ", "ArrowDown", "j", "z", "Home"),
        fc.constantFrom<Place>("text", "dialog"),
        fc.boolean(),
        (key, place, ctrlKey) => {
          expect(intent(press(key, "KeyJ", { ctrlKey }), place)).toBe(undefined);
        },
      ),
    );
    expect(meant("j", "KeyJ", { isComposing: true })).toBe(undefined);
  });

  test("Space and Enter belong to a control that was reached by keyboard; the rest is still the show's", () => {
    expect(meant(" ", "Space", {}, "control")).toBe(undefined);
    expect(meant("Enter", "Enter", {}, "control")).toBe(undefined);
    expect(meant("ArrowDown", "ArrowDown", {}, "control")).toBe("next");
    expect(meant("4", "Digit4", {}, "control")).toBe("digit");
  });

  test("a held digit clears what was typed; held arrows go on; nothing else repeats", () => {
    expect(meant("4", "Digit4", { repeat: true })).toBe("clear");
    expect(meant("ArrowDown", "ArrowDown", { repeat: true })).toBe("next");
    for (const [key, code] of [
      ["Enter", "Enter"],
      ["v", "KeyV"],
      ["End", "End"],
      ["m", "KeyM"],
    ] as const)
      expect(meant(key, code, { repeat: true })).toBe(undefined);
  });
});

describe("the number typed", () => {
  const typed = (digits: string, now = 0) => {
    const buffer = new NumberBuffer();
    for (const digit of digits) buffer.type(digit, now);
    return buffer;
  };

  test("is the number of its digits, whatever the number", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_999_999 }),
        fc.integer({ min: 0, max: 3 }),
        (number, zeros) => {
          const digits = "0".repeat(Math.min(zeros, 9 - String(number).length)) + number;
          expect(typed(digits).take(0)).toBe(number);
        },
      ),
    );
  });

  test("nothing typed is nothing meant", () => expect(typed("").take(0)).toBe(undefined));

  test.each(["0", "000", "1234567890", "00000000000000000023", "99999999999999999999"])(
    "%s is no number",
    (digits) => expect(typed(digits).take(0)).toBeNaN(),
  );

  test("is taken once", () => {
    const buffer = typed("23");
    expect(buffer.take(10)).toBe(23);
    expect(buffer.take(11)).toBe(undefined);
  });

  test("is forgotten two seconds after its last digit", () => {
    const buffer = new NumberBuffer();
    buffer.type("2", 0);
    buffer.type("3", 1900);
    expect(buffer.digits).toBe("23");
    expect(typed("23").take(FORGOTTEN_AFTER_MS)).toBe(23);
    expect(buffer.take(1900 + FORGOTTEN_AFTER_MS + 1)).toBe(undefined);
    buffer.type("2", 10_000);
    buffer.type("3", 12_001);
    expect(buffer.digits).toBe("3");
  });
});

test("a held key gets through at most so often, a tapped one always", () => {
  const throttle = new Throttle(125);
  const times = Array.from({ length: 60 }, (_, index) => index * 33);
  const allowed = times.filter((now) => throttle.allows(now > 0, now));
  expect(allowed[0]).toBe(0);
  for (let index = 1; index < allowed.length; index += 1)
    expect(allowed[index]! - allowed[index - 1]!).toBeGreaterThanOrEqual(125);
  expect(allowed.length).toBeGreaterThan(10);
  expect([1, 2, 3].every((now) => throttle.allows(false, 5000 + now))).toBe(true);
});
