import { expect, test } from "vitest";
import { foreign, personal } from "./caches";
import { copyOf, meaning, MOST_COPIES, overlayPath, surplusCopies } from "./overlay-copies";

const at = (path: string) => overlayPath(new URL(path, "http://studio.test"));
const answer = (headers: Record<string, string>, type: ResponseType = "basic") =>
  meaning({ type, headers: new Headers(headers) });

test("an overlay's page is kept under its address, whatever its query; nothing else is one", () => {
  for (const path of ["/w/cue_a-B_1", "/w/cue_a-B_1?bg=000&test=1"]) expect(at(path)).toBe("/w/cue_a-B_1");
  for (const path of ["/w/sw.js", "/w/", "/w/a/b", "/widgets", "/dock/cue_a", "/"])
    expect(at(path)).toBe(undefined);
});

test("only the studio's own word replaces a copy or takes it away", () => {
  expect(answer({ "Cuelight-Overlay": "here" })).toBe("keep");
  expect(answer({ "Cuelight-Overlay": "gone" })).toBe("drop");
  expect(answer({}, "opaqueredirect")).toBe("pass");
  // A proxy whose server is away, a network that wants a sign-in, the page of an error.
  expect(answer({})).toBe("away");
});

test("the copies of addresses that were made anew go, the oldest first, and so do those in another format", () => {
  const names = Array.from({ length: MOST_COPIES + 2 }, (_, number) => copyOf(`/w/cue_${number}`));
  expect(surplusCopies(names)).toEqual([copyOf("/w/cue_0"), copyOf("/w/cue_1")]);
  expect(surplusCopies(["overlay-0:/w/cue_a", copyOf("/w/cue_b"), "cuelight-1:page:0:/offline"])).toEqual([
    "overlay-0:/w/cue_a",
  ]);
});

test("the worker of the other pages leaves an overlay's copy alone", () => {
  expect(foreign([copyOf("/w/cue_a")])).toEqual([]);
  expect(personal([copyOf("/w/cue_a")])).toEqual([]);
});
