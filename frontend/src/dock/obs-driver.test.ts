import { expect, test, vi } from "vitest";
import { ObsDriver, sceneOf, type OnAir } from "./obs-driver.svelte";
import type { ScenesRow } from "./types";

const SCENES: ScenesRow = { products: { "7": "Close-up" }, sections: { Vault: "Wide" } };
const item = (id: number, product_id: number, section = ""): OnAir => ({ id, product_id, section });

function setting({ drives = true }: { drives?: boolean } = {}) {
  const link = {
    state: "connected" as const,
    streaming: false as boolean | undefined,
    switchTo: vi.fn((_: string) => Promise.resolve(undefined as string | undefined)),
  };
  const docks = {
    status: "connected" as const,
    scenes: SCENES,
    tell: vi.fn(() => Promise.resolve(drives as boolean | undefined)),
    tellGone: vi.fn(() => Promise.resolve()),
  };
  return { link, docks, driver: new ObsDriver(link, docks, "page") };
}

test("a product's own scene counts before its section's", () => {
  expect(sceneOf(item(1, 7, "Vault"), SCENES)).toBe("Close-up");
  expect(sceneOf(item(1, 8, "Vault"), SCENES)).toBe("Wide");
  expect(sceneOf(item(1, 8), SCENES)).toBeUndefined();
});

test("OBS follows what comes on air, and stays where somebody has put it when the dock comes", async () => {
  const { link, driver } = setting();
  await driver.tell();
  await driver.follow(item(1, 7), "live");
  expect(link.switchTo).not.toHaveBeenCalled();
  await driver.follow(item(2, 8, "Vault"), "live");
  await driver.follow(item(2, 8, "Vault"), "live");
  expect(link.switchTo.mock.calls).toEqual([["Wide"]]);
});

test("one that does not drive switches nothing, and catches up when it drives", async () => {
  const { link, docks, driver } = setting({ drives: false });
  await driver.tell();
  await driver.follow(item(1, 8), "live");
  await driver.follow(item(2, 7), "live");
  expect(link.switchTo).not.toHaveBeenCalled();
  docks.tell.mockResolvedValue(true);
  driver.takeOver();
  await vi.waitFor(() => expect(driver.drives).toBe(true));
  expect(docks.tell).toHaveBeenLastCalledWith("page", false, true);
  await driver.follow(item(2, 7), "live");
  expect(link.switchTo.mock.calls).toEqual([["Close-up"]]);
});

test("a rehearsal moves nothing on a stream that is live, and a draft nothing at all", async () => {
  const { link, driver } = setting();
  await driver.tell();
  await driver.follow(item(1, 8), "rehearsal");
  link.streaming = true;
  await driver.follow(item(2, 7), "rehearsal");
  expect(link.switchTo).not.toHaveBeenCalled();
  expect(driver.trouble).toContain("rehearsal");
  link.streaming = false;
  await driver.follow(item(3, 7), "draft");
  expect(link.switchTo).not.toHaveBeenCalled();
  await driver.follow(item(3, 7), "rehearsal");
  expect(link.switchTo.mock.calls).toEqual([["Close-up"]]);
});

test("an OBS that is gone is said once, and not driven any more", async () => {
  const { link, docks, driver } = setting();
  await driver.tell();
  Object.assign(link, { state: "waiting" });
  await driver.tell();
  await driver.tell();
  expect(docks.tellGone).toHaveBeenCalledTimes(1);
  expect(driver.drives).toBe(false);
});
