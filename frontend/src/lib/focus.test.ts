/** Where a key belongs, on elements that answer `closest` as a browser would for the selectors asked of them. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { giveFocusBack, placeOf } from "./focus";

class FakeElement {
  isContentEditable = false;
  blurred = 0;

  constructor(
    readonly tag: string,
    readonly type = "",
    readonly parent: FakeElement | null = null,
  ) {}

  blur(): void {
    this.blurred += 1;
  }

  closest(selector: string): FakeElement | null {
    return this.matches(selector) ? this : (this.parent?.closest(selector) ?? null);
  }

  /** Selectors of the forms `tag`, `tag[attribute]`, `tag[type=x]` and `tag:not([type=x], …)`, in lists. */
  private matches(selector: string): boolean {
    return selector.split(/,(?![^(]*\))/).some((part) => {
      const [, tag = "", rest = ""] = /^([a-z]*)(.*)$/.exec(part.trim()) ?? [];
      if (tag !== this.tag) return false;
      const types = [...rest.matchAll(/\[type=([a-z]+)\]/g)].map((found) => found[1]);
      if (rest.startsWith(":not(")) return !types.includes(this.type);
      return types.length === 0 || types.includes(this.type);
    });
  }
}

let dialogs = 0;

beforeEach(() => {
  dialogs = 0;
  vi.stubGlobal("Element", FakeElement);
  vi.stubGlobal("HTMLElement", FakeElement);
  vi.stubGlobal("document", { querySelector: () => (dialogs ? {} : null) });
});

afterEach(() => vi.unstubAllGlobals());

const place = (element: FakeElement | null) => placeOf(element as unknown as EventTarget);
const click = (target: FakeElement, detail = 1) => giveFocusBack({ target, detail } as unknown as MouseEvent);

test.each([
  ["textarea", ""],
  ["select", ""],
  ["input", ""],
  ["input", "text"],
  ["input", "number"],
  ["input", "search"],
  ["input", "date"],
])("what is typed into %s %s stays there", (tag, type) =>
  expect(place(new FakeElement(tag, type))).toBe("text"),
);

test("what is typed into an editable part stays there", () => {
  const editor = new FakeElement("div");
  editor.isContentEditable = true;
  expect(place(editor)).toBe("text");
});

test("a control has its own keys, also when a part of it is hit", () => {
  const button = new FakeElement("button");
  expect(place(button)).toBe("control");
  expect(place(new FakeElement("span", "", button))).toBe("control");
  expect(place(new FakeElement("a"))).toBe("control");
  expect(place(new FakeElement("input", "checkbox"))).toBe("control");
});

test("a radio button and a slider need their arrows", () => {
  expect(place(new FakeElement("input", "radio"))).toBe("choice");
  expect(place(new FakeElement("input", "range"))).toBe("choice");
});

test("elsewhere the keys are the show's", () => {
  expect(place(new FakeElement("p", "", new FakeElement("main")))).toBe("open");
  expect(place(null)).toBe("open");
});

test("under an open dialog nothing is", () => {
  dialogs = 1;
  expect(place(new FakeElement("p"))).toBe("dialog");
  expect(place(new FakeElement("button"))).toBe("dialog");
  expect(place(null)).toBe("dialog");
});

test("a control clicked with the mouse gives the focus back, one used by keyboard keeps it", () => {
  for (const control of [
    new FakeElement("button"),
    new FakeElement("a"),
    new FakeElement("input", "radio"),
  ]) {
    click(control, 0);
    expect(control.blurred).toBe(0);
    click(control);
    expect(control.blurred).toBe(1);
    click(new FakeElement("span", "", control));
    expect(control.blurred).toBe(2);
  }
});

test("a text that is clicked keeps the focus", () => {
  for (const text of [new FakeElement("textarea"), new FakeElement("input", "text")]) {
    click(text);
    expect(text.blurred).toBe(0);
  }
});
