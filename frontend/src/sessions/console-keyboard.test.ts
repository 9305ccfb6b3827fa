import { expect, test, vi } from "vitest";
import { ConsoleKeyboard, type Opens } from "./console-keyboard.svelte";
import { SessionStore } from "./session.svelte";

/** A keyboard over a list of questions that is open or not; what it picked. */
function keyboard(listOpen: boolean) {
  const desk = {
    listOpen,
    pickDigit: vi.fn<(digit: number) => void>(),
    closeList: vi.fn(() => void (desk.listOpen = false)),
  };
  const quick = { edit: undefined, close: () => true };
  return { desk, keys: new ConsoleKeyboard(new SessionStore(""), quick, desk, {} as Opens) };
}

const type = (keys: ConsoleKeyboard, digits: string) =>
  [...digits].forEach((digit, at) => keys.carryOut({ do: "digit", digit }, at));

test("a digit picks a question only while the list is open, and is a product's number else", () => {
  const { desk, keys } = keyboard(false);
  type(keys, "12");
  expect([keys.typed, desk.pickDigit.mock.calls]).toEqual(["12", []]);
  desk.listOpen = true;
  keys.carryOut({ do: "clear" }, 10);
  expect([keys.typed, desk.listOpen]).toEqual(["", true]); // one layer each press
  type(keys, "93");
  expect([keys.typed, desk.pickDigit.mock.calls]).toEqual(["", [[9], [3]]]);
  keys.carryOut({ do: "clear" }, 20);
  expect(desk.listOpen).toBe(false);
  type(keys, "4");
  expect([keys.typed, desk.pickDigit.mock.calls.length]).toEqual(["4", 2]);
});
