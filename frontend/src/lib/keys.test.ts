import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  composes,
  FORGOTTEN_AFTER_MS,
  intent,
  MOST_DIGITS,
  NumberBuffer,
  Throttle,
  type Place,
  type Press,
} from "./keys";
import { CONSOLE_KEYS, DRIVING_HOST_KEYS, HOST_KEYS } from "./keymap";

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

/** Keys of many boards. */
const anyKey = fc.oneof(
  fc
    .constantFrom("Enter", " ", "Escape", "Home", "End", "ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight")
    .map((key) => ({ key, code: key })),
  fc.record({
    key: fc.oneof(
      fc.constantFrom(..."0123456789jklhvmzJ?оя"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    ),
    code: fc.constantFrom("KeyJ", "KeyK", "KeyZ", "KeyM", "Digit4", "Numpad4", "Semicolon", ""),
  }),
);

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
    ["y", "KeyY", undefined],
    ["x", "KeyX", "skip"],
    ["d", "KeyD", "flash"],
    ["q", "KeyQ", "question"],
    ["w", "KeyW", "question_done"],
    ["g", "KeyG", "hottest"],
    ["Tab", "Tab", undefined],
    ["F5", "F5", undefined],
  ])("%s on %s is %s", (key, code, expected) => expect(meant(key, code)).toBe(expected));

  test("letters of another script go by their place", () => {
    for (const [cyrillic, greek, hebrew, code, expected] of [
      ["о", "ξ", "ח", "KeyJ", "next"],
      ["л", "κ", "ל", "KeyK", "previous"],
      ["д", "λ", "ך", "KeyL", "next_image"],
      ["р", "η", "י", "KeyH", "previous_image"],
      ["м", "ω", "ה", "KeyV", "toggle_card"],
      ["ь", "μ", "צ", "KeyM", "message"],
    ] as const)
      for (const key of [cyrillic, greek, hebrew]) expect([key, meant(key, code)]).toEqual([key, expected]);
  });

  test("Latin letters go by what is printed on them, wherever the board has them", () => {
    expect(meant("m", "Semicolon")).toBe("message"); // French
    expect(meant(",", "KeyM")).toBe(undefined);
    expect(meant("j", "KeyC")).toBe("next"); // Dvorak
    expect(meant("h", "KeyJ")).toBe("previous_image");
  });

  test("Caps Lock changes nothing, and a letter with Shift is none of ours but Q and W", () => {
    expect(meant("J", "KeyJ")).toBe("next");
    for (const [key, code] of [
      ["Q", "KeyQ"],
      ["q", "KeyQ"], // Caps Lock
      ["Q", "KeyA"], // French
      ["Й", "KeyQ"],
    ] as const)
      expect(meant(key, code, { shiftKey: true })).toBe("question_list");
    expect(meant("W", "KeyW", { shiftKey: true })).toBe("question_dismiss");
    for (const key of ["J", "K", "L", "H", "V", "M", "О"])
      expect(meant(key, "KeyJ", { shiftKey: true })).toBe(undefined);
  });

  test.each([..."0123456789"])(
    "%s is a digit in the row, on the numpad and above a French board",
    (digit) => {
      for (const one of [
        press(digit, `Digit${digit}`),
        press(digit, `Numpad${digit}`),
        press(digit, `Digit${digit}`, { shiftKey: true }),
      ])
        expect(intent(one, "open")).toEqual({ do: "digit", digit });
    },
  );

  test("the row of a French board without Shift types no digits", () => {
    [..."àé\"'(-è_ç&"].forEach((key, index) => expect(meant(key, `Digit${index}`)).toBe(undefined));
  });

  test("a numpad without Num Lock moves as its keys say", () => {
    expect(meant("ArrowDown", "Numpad2")).toBe("next");
    expect(meant("Home", "Numpad7")).toBe("first");
    expect(meant("Delete", "NumpadDecimal")).toBe(undefined);
  });

  test.each([
    ["console", CONSOLE_KEYS],
    ["host", HOST_KEYS],
    ["driving host", DRIVING_HOST_KEYS],
  ])("every key that the sheet of the %s explains is one it knows", (_, table) => {
    const signs: Record<string, string> = {
      "↓": "ArrowDown",
      "↑": "ArrowUp",
      "←": "ArrowLeft",
      "→": "ArrowRight",
      Space: " ",
      Esc: "Escape",
      "Page ↓": "PageDown",
      "Page ↑": "PageUp",
    };
    for (const { do: action, caps } of table.bindings)
      for (const cap of caps) {
        const last = cap.startsWith("Page") ? cap : cap.split(" ").at(-1)!;
        const held = { ctrlKey: cap.startsWith("Ctrl"), shiftKey: cap.includes("Shift") };
        expect([cap, intent(press(signs[last] ?? last, "", held), "open", table)?.do]).toEqual([cap, action]);
      }
  });

  test("a host that only reads has no key that moves the show", () => {
    fc.assert(
      fc.property(anyKey, fc.boolean(), fc.boolean(), ({ key, code }, ctrlKey, repeat) => {
        const meant = intent(press(key, code, { ctrlKey, repeat }), "open", HOST_KEYS)?.do ?? "nothing";
        expect(["acknowledge", "full_image", "view", "clear", "help", "digit", "nothing"]).toContain(meant);
      }),
    );
  });

  test.each(["٣", "३", "３", "Ⅳ", "½", "²"])("%s is no digit of a product number", (key) => {
    expect(meant(key, "Digit3")).toBe(undefined);
  });

  test("undo and redo are ours on every board; all else with Ctrl, Alt or Cmd is the browser's", () => {
    expect(meant("z", "KeyZ", { ctrlKey: true })).toBe("undo");
    expect(meant("z", "KeyZ", { metaKey: true })).toBe("undo");
    expect(meant("Z", "KeyZ", { ctrlKey: true, shiftKey: true })).toBe("redo");
    expect(meant("z", "KeyY", { ctrlKey: true })).toBe("undo"); // German
    expect(meant("z", "KeyW", { ctrlKey: true })).toBe("undo"); // French
    expect(meant("я", "KeyZ", { ctrlKey: true })).toBe("undo");
    expect(meant("я", "KeyZ", { ctrlKey: true, shiftKey: true })).toBe("redo");
    expect(meant("y", "KeyZ", { ctrlKey: true })).toBe(undefined);
    expect(meant("w", "KeyZ", { metaKey: true })).toBe(undefined); // closes the tab
    for (const key of ["r", "l", "j", "1", "ArrowDown"])
      expect(meant(key, "KeyJ", { ctrlKey: true })).toBe(undefined);
    expect(meant("ArrowLeft", "ArrowLeft", { altKey: true })).toBe(undefined);
    expect(meant("z", "KeyZ", { ctrlKey: true, altKey: true })).toBe(undefined);
  });

  test("with Ctrl, Cmd or Alt held no key but F, K, P and Z is ever taken from the browser", () => {
    fc.assert(
      fc.property(
        anyKey.filter(({ key, code }) => !/^[fkpz]$/i.test(key) && !/^Key[FKPZ]$/.test(code)),
        fc.constantFrom<Partial<Press>>({ ctrlKey: true }, { metaKey: true }, { altKey: true }),
        fc.boolean(),
        fc.boolean(),
        ({ key, code }, held, shiftKey, repeat) => {
          expect(intent(press(key, code, { ...held, shiftKey, repeat }), "open")).toBe(undefined);
        },
      ),
    );
  });

  test("nothing typed into a text, a dialog or an input method moves the show", () => {
    fc.assert(
      fc.property(
        anyKey,
        fc.constantFrom<[Place, boolean]>(
          ["text", false],
          ["dialog", false],
          ["open", true],
          ["control", true],
        ),
        fc.boolean(),
        fc.boolean(),
        ({ key, code }, [place, isComposing], ctrlKey, repeat) => {
          expect(intent(press(key, code, { ctrlKey, repeat, isComposing }), place)).toBe(undefined);
        },
      ),
    );
  });

  test("the Enter that ends a composition is the input method's, in Safari too", () => {
    expect(composes({ isComposing: true, keyCode: 13 })).toBe(true);
    expect(composes({ isComposing: false, keyCode: 229 })).toBe(true);
    expect(composes({ isComposing: false, keyCode: 13 })).toBe(false);
  });

  test("Space and Enter belong to a control that was reached by keyboard; the rest is still the show's", () => {
    expect(meant(" ", "Space", {}, "control")).toBe(undefined);
    expect(meant("Enter", "Enter", {}, "control")).toBe(undefined);
    expect(meant("ArrowDown", "ArrowDown", {}, "control")).toBe("next");
    expect(meant("4", "Digit4", {}, "control")).toBe("digit");
  });

  test("the arrows choose among colours while one of them has the focus", () => {
    for (const key of ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", " ", "Enter"])
      expect(meant(key, "", {}, "choice")).toBe(undefined);
    expect(meant("j", "KeyJ", {}, "choice")).toBe("next");
    expect(meant("7", "Digit7", {}, "choice")).toBe("digit");
  });

  test("a held digit clears what was typed, held arrows go on, the rest is done once and still ours", () => {
    expect(meant("4", "Digit4", { repeat: true })).toBe("clear");
    expect(meant("ArrowDown", "ArrowDown", { repeat: true })).toBe("next");
    expect(meant(" ", "Space", { repeat: true })).toBe("next");
    expect(meant("ArrowLeft", "ArrowLeft", { repeat: true })).toBe("previous_image");
    expect(meant("z", "KeyZ", { repeat: true, ctrlKey: true })).toBe("nothing");
    expect(meant("y", "KeyY", { repeat: true })).toBe(undefined);
    for (const [key, code] of [
      ["Enter", "Enter"],
      ["v", "KeyV"],
      ["End", "End"],
      ["m", "KeyM"],
    ] as const)
      expect(meant(key, code, { repeat: true })).toBe("nothing");
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

  test("is nothing else than what its digits say, however they are typed", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            digit: fc.constantFrom(..."0123456789"),
            after: fc.constantFrom(0, 50, 1999, 2000, 2001, 9000),
          }),
          { maxLength: 24 },
        ),
        fc.constantFrom(0, 2000, 2001),
        (presses, wait) => {
          const buffer = new NumberBuffer();
          let now = 5000;
          let expected = "";
          for (const { digit, after } of presses) {
            now += after;
            expected = after > FORGOTTEN_AFTER_MS ? digit : expected + digit;
            buffer.type(digit, now);
          }
          if (wait > FORGOTTEN_AFTER_MS) expected = "";
          const number = buffer.take(now + wait);
          if (expected === "") expect(number).toBe(undefined);
          else if (expected.length > MOST_DIGITS || Number(expected) === 0) expect(number).toBeNaN();
          else expect(number).toBe(Number(expected));
          expect(buffer.digits).toBe("");
        },
      ),
    );
  });

  test("can be taken back", () => {
    const buffer = typed("23");
    buffer.forget();
    expect([buffer.digits, buffer.take(0)]).toEqual(["", undefined]);
    buffer.type("4", 1);
    expect(buffer.take(2)).toBe(4);
  });

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
