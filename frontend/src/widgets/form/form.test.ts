import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LiveSocket } from "../../live/connection";
import { FakeServer, type Push } from "../../testing/fake-server";
import type { ConfigRow, Settings } from "../types";
import { REST_MS, SettingsForm } from "./form.svelte";
import { classNames, colorOf, colorParts, fits, groups, isChosen, typedNumber, type FieldRow } from "./rows";

const TOPIC = "widget_config:card:1";
const LOOK = { label: "", hint: "", group: "Look" };
const FIELDS: FieldRow[] = [
  {
    ...LOOK,
    name: "title",
    control: "template",
    label: "Title",
    group: "Words",
    default: "No. {number}",
    words: ["number"],
  },
  { ...LOOK, name: "accent", control: "color", label: "Accent", default: "#ffb224" },
  {
    ...LOOK,
    name: "radius",
    control: "number",
    label: "Rounded corners",
    default: 14,
    least: 0,
    most: 60,
    unit: "px",
  },
  { ...LOOK, name: "css", control: "css", label: "Your own CSS", group: "Custom CSS", default: "" },
  { ...LOOK, name: "shown", control: "switch", label: "Shown", group: "", default: true },
];
const DEFAULTS = Object.fromEntries(FIELDS.map(({ name, default: usual }) => [name, usual]));
let server: FakeServer;
let socket: LiveSocket;
let kept: Record<string, unknown>;
let version: number;

const row = (): ConfigRow => ({ type: "card", version, settings: kept as unknown as Settings });

/** What the server does: keeps what is good, tells everybody, answers. */
function save(push: Push): Record<string, unknown> | undefined {
  const changes = push.payload["changes"] as Record<string, unknown>;
  if (changes["radius"] === 999) {
    server.reply(push, { reason: "invalid_setting", message: "Too round.", field: "radius" }, "error");
    return undefined;
  }
  theirs(changes);
  return { ...row() };
}

function theirs(changes: Record<string, unknown>): void {
  kept = { ...kept, ...changes };
  version += 1;
  server.broadcast(TOPIC, "config_changed", { ...row() });
}

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  kept = { ...DEFAULTS };
  version = 1;
  server.snapshots[TOPIC] = { ...row() };
  server.answer = save;
  socket = server.connect();
});
afterEach(() => {
  socket.close();
  vi.useRealTimers();
});

async function opened(): Promise<SettingsForm> {
  const form = new SettingsForm(FIELDS, row());
  form.follow(socket, 1, "card");
  await vi.advanceTimersByTimeAsync(20);
  return form;
}
const rest = () => vi.advanceTimersByTimeAsync(REST_MS + 20);
const saves = () => server.pushes.map(({ payload }) => payload["changes"]);

test("what is typed is drawn at once and saved after a rest, once", async () => {
  const form = await opened();
  for (const title of ["N", "Nr", "Nr."]) form.set("title", title);
  expect([form.shown["title"], form.saving, saves()]).toEqual(["Nr.", "saving", []]);
  await rest();
  expect([saves(), form.saving, form.draft]).toEqual([[{ title: "Nr." }], "saved", {}]);
});

test("a choice is saved at once, with what was typed before it", async () => {
  const form = await opened();
  form.set("title", "Nr.");
  form.set("shown", false, { now: true });
  await vi.advanceTimersByTimeAsync(20);
  expect(saves()).toEqual([{ title: "Nr.", shown: false }]);
});

test("what is typed while a save is under way is saved after it", async () => {
  const form = await opened();
  server.answer = undefined;
  form.set("title", "A");
  await rest();
  form.set("title", "AB");
  await rest();
  expect(saves()).toEqual([{ title: "A" }]);
  server.answer = save;
  theirs({ title: "A" });
  server.reply(server.pushes[0]!, { ...row() });
  await rest();
  expect([saves()[1], form.values["title"], form.theirs]).toEqual([{ title: "AB" }, "AB", []]);
  expect(form.saving).toBe("saved");
});

test("a value that cannot be is told beside its field and not drawn; the others are saved", async () => {
  const form = await opened();
  form.set("radius", 999);
  form.set("accent", "#ff0000");
  expect([form.shown["radius"], form.values["radius"]]).toEqual([14, 999]);
  await rest();
  expect(form.errors).toEqual({ radius: "Too round." });
  expect([kept["accent"], kept["radius"], form.saving]).toEqual(["#ff0000", 14, "wrong"]);
  form.set("radius", 20);
  expect(form.errors).toEqual({});
  await rest();
  expect([kept["radius"], form.saving]).toEqual([20, "saved"]);
});

test("a colleague's change is taken, but for the field one is at", async () => {
  const form = await opened();
  form.set("title", "Mine");
  theirs({ title: "Theirs", accent: "#00ff00" });
  expect([form.values["title"], form.values["accent"], form.theirs]).toEqual(["Mine", "#00ff00", ["accent"]]);
  await rest();
  expect([kept["title"], kept["accent"]]).toEqual(["Mine", "#00ff00"]);
});

test("an older row changes nothing", async () => {
  const form = await opened();
  theirs({ accent: "#00ff00" });
  form.take({
    type: "card",
    version: 1,
    settings: { ...DEFAULTS, accent: "#0000ff" } as unknown as Settings,
  });
  expect(form.values["accent"]).toBe("#00ff00");
});

test("undo takes back a word, not a letter, and redo brings it again", async () => {
  const form = await opened();
  for (const title of ["N", "Nr", "Nr."]) form.set("title", title);
  await rest();
  form.set("accent", "#ff0000", { now: true });
  expect(form.undo()).toBe("");
  expect([form.values["title"], form.values["accent"]]).toEqual(["Nr.", "#ffb224"]);
  form.undo();
  expect(form.values["title"]).toBe("No. {number}");
  expect([form.canUndo, form.canRedo]).toEqual([false, true]);
  form.redo();
  form.redo();
  await rest();
  expect([kept["title"], kept["accent"], form.canRedo]).toEqual(["Nr.", "#ff0000", false]);
});

test("undo leaves what a colleague has changed since", async () => {
  const form = await opened();
  form.setAll("the look", { accent: "#ff0000", radius: 2 });
  await rest();
  theirs({ accent: "#00ff00" });
  expect(form.undo()).toBe("Accent: changed since, and left as it is.");
  await rest();
  expect([kept["accent"], kept["radius"]]).toEqual(["#00ff00", 14]);
});

test("reset puts everything to its default, and undo all of it back", async () => {
  const form = await opened();
  form.set("accent", "#ff0000");
  form.set("title", "Nr.");
  await rest();
  expect(form.reset()).toBe(true);
  await rest();
  expect(kept).toEqual(DEFAULTS);
  expect(form.reset()).toBe(false);
  form.undo();
  await rest();
  expect([kept["accent"], kept["title"]]).toEqual(["#ff0000", "Nr."]);
});

test("what was imported can be taken back", async () => {
  const form = await opened();
  form.set("radius", 999);
  await rest();
  theirs({ accent: "#ff0000", radius: 3 });
  form.done("the import", row(), { accent: "#ffb224", radius: 14 });
  expect([form.values["radius"], form.errors, form.theirs]).toEqual([3, {}, []]);
  form.undo();
  await rest();
  expect([kept["accent"], kept["radius"]]).toEqual(["#ffb224", 14]);
});

test("what is changed during a break is saved after it", async () => {
  const form = await opened();
  server.up = false;
  server.drop();
  await vi.advanceTimersByTimeAsync(10);
  form.set("accent", "#ff0000");
  await rest();
  expect([form.saving, kept["accent"]]).toEqual(["away", "#ffb224"]);
  server.snapshots[TOPIC] = { ...row() };
  server.up = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect([form.saving, kept["accent"]]).toEqual(["saved", "#ff0000"]);
});

test("who may edit no longer is told so", async () => {
  const form = await opened();
  server.answer = (push) => {
    server.reply(push, { reason: "forbidden", message: "Your role does not let you." }, "error");
    return undefined;
  };
  form.set("accent", "#ff0000", { now: true });
  await rest();
  expect([form.saving, form.problem]).toEqual(["refused", "Your role does not let you."]);
});

test("whatever is changed, undone and redone, undoing all leads back", async () => {
  const acts = fc.array(
    fc.oneof(
      fc.record({
        set: fc.constantFrom("title", "accent", "radius"),
        to: fc.constantFrom("a", "b", "#ff0000", 7),
      }),
      fc.constant("undo" as const),
      fc.constant("redo" as const),
      fc.constant("reset" as const),
    ),
    { maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(acts, async (done) => {
      const form = new SettingsForm(FIELDS, row());
      for (const act of done) {
        if (act === "undo") form.undo();
        else if (act === "redo") form.redo();
        else if (act === "reset") form.reset();
        else form.set(act.set, act.to);
      }
      while (form.canUndo) form.undo();
      expect(form.values).toEqual(DEFAULTS);
    }),
  );
});

test("a kind's own groups come first, then what all have", () => {
  expect(groups(FIELDS).map(({ name }) => name)).toEqual(["Words", "Content", "Look", "Custom CSS"]);
});

test("colours come apart and together", () => {
  expect(colorParts("#101114e6")).toEqual({ rgb: "#101114", solid: 90 });
  expect([colorOf("#101114", 90), colorOf("#101114", 100)]).toEqual(["#101114e6", "#101114"]);
  expect(colorParts("red")).toEqual({ rgb: "#000000", solid: 100 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), (solid) => {
      expect(colorParts(colorOf("#abcdef", solid))).toEqual({ rgb: "#abcdef", solid });
    }),
  );
});

test("a preview is drawn only with what it can be drawn with", () => {
  const [, accent, radius, , shown] = FIELDS as [FieldRow, FieldRow, FieldRow, FieldRow, FieldRow];
  const choice: FieldRow = { ...accent, control: "choice", options: { a: "A" } };
  expect([fits(accent, "#ff"), fits(accent, "#ff0000"), fits(radius, 61), fits(radius, "5")]).toEqual([
    false,
    true,
    false,
    false,
  ]);
  expect([fits(radius, 60), fits(shown, 1), fits(choice, "b"), fits(choice, "a")]).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test("a number is what was typed until it is one", () => {
  expect([typedNumber(" 12 "), typedNumber("-3"), typedNumber("1e3"), typedNumber("")]).toEqual([
    12,
    -3,
    "1e3",
    "",
  ]);
});

test("a look is the chosen one when all it names is so", () => {
  const values = { accent: "#ff0000", radius: 2 } as unknown as Settings;
  expect(isChosen({ name: "a", settings: { accent: "#ff0000" } }, values)).toBe(true);
  expect(isChosen({ name: "b", settings: { accent: "#ff0000", radius: 3 } }, values)).toBe(false);
});

test("the classes of a widget's style are named once, without its numbers and comments", () => {
  const css = "/* .old */ .card.above > .name { margin: 0.5em } @media (x) { .card { gap: 1.2em } }";
  expect(classNames(css)).toEqual(["card", "above", "name"]);
});
