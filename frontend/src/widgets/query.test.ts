import { expect, test } from "vitest";
import { read, wants } from "./query";

const plain = {
  guides: false,
  test: false,
  mute: false,
  background: undefined,
  only: undefined,
  hide: new Set(),
};

test("an address with nothing behind it shows everything on nothing", () => {
  expect(read("")).toEqual(plain);
  expect(wants(read(""), "chat")).toBe(true);
});

test("switches are on by 1, by true, and by their name alone", () => {
  expect(read("?guides=1&test=true&mute")).toMatchObject({ guides: true, test: true, mute: true });
  expect(read("?guides=0&test=no&mute=false")).toEqual(plain);
});

test("a background has two names and is a color or nothing", () => {
  expect(read("?bg=00b140").background).toBe("#00b140");
  expect(read("?key=%230F0").background).toBe("#0f0");
  for (const value of ["red", "00b1", "url(//evil)", "00b140;display:none", "#12345g", ""])
    expect(read(`?bg=${encodeURIComponent(value)}`).background).toBeUndefined();
});

test("only and hide take kinds by their names", () => {
  const query = read("?only=chat,alert_box&hide=alert_box");
  expect(["chat", "alert_box", "goal"].map((type) => wants(query, type))).toEqual([true, false, false]);
});

test("what is unknown or hostile is passed over", () => {
  expect(read("?onload=alert(1)&css=body{}&__proto__=1&limit=5")).toEqual(plain);
  expect(read("?only=<img src=x>,../../x,&hide=constructor.prototype")).toEqual(plain);
  expect(read(`?hide=${"chat,".repeat(10_000)}`).hide).toEqual(new Set(["chat"]));
});
