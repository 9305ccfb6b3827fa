/**
 * What a kind of widget is set to, while somebody sets it. What is changed is drawn at once and saved a moment later;
 * of what a colleague saves meanwhile everything is taken but the fields that one is at. No DOM.
 */

import { LiveChannel, Refused, type Refusal } from "../../live/channel";
import type { LiveSocket, Status } from "../../live/connection";
import type { ConfigRow, Settings } from "../types";
import { fits, type Changes, type FieldRow } from "./rows";

/** Milliseconds after the last key before it is saved: every save is a message to every open overlay. */
export const REST_MS = 600;
const MOST_STEPS = 200;

interface Step {
  says: string;
  before: Changes;
  after: Changes;
}

export type Saving = "saved" | "saving" | "away" | "wrong" | "refused";

export class SettingsForm {
  /** As the server has it. */
  saved = $state.raw<Settings>()!;
  /** Changed here, and not known to be saved. */
  draft = $state.raw<Changes>({});
  /** Why a field is not saved, in the server's words. */
  errors = $state.raw<Readonly<Record<string, string>>>({});
  /** Fields that a colleague has changed just now. */
  theirs = $state.raw<readonly string[]>([]);
  /** A no that is about no single field; "": none. */
  problem = $state("");
  /** Why this page can follow no longer. */
  refused = $state<Refusal>();
  status = $state<Status>("connecting");

  values = $derived<Settings>({ ...this.saved, ...this.draft });
  /** What a preview is drawn with: of a value that cannot be, the one before. */
  shown = $derived<Settings>({
    ...this.saved,
    ...Object.fromEntries(Object.entries(this.draft).filter(([name, value]) => this.canBe(name, value))),
  });
  saving = $derived<Saving>(
    this.refused || this.problem
      ? "refused"
      : Object.keys(this.draft).some((name) => !(name in this.errors))
        ? this.status === "reconnecting" || this.status === "signed out"
          ? "away"
          : "saving"
        : Object.keys(this.errors).length > 0
          ? "wrong"
          : "saved",
  );
  private steps = $state.raw<readonly Step[]>([]);
  private taken = $state.raw<readonly Step[]>([]);
  canUndo = $derived(this.steps.length > 0);
  canRedo = $derived(this.taken.length > 0);
  /** What the next Undo takes back. */
  undoes = $derived(this.steps.at(-1)?.says ?? "");

  private version: number;
  private channel: LiveChannel<ConfigRow> | undefined;
  /** The fields of the change that the next letter belongs to. */
  private open = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private underway = false;

  constructor(
    private readonly fields: readonly FieldRow[],
    config: ConfigRow,
  ) {
    this.saved = config.settings;
    this.version = config.version;
  }

  follow(socket: LiveSocket, studioId: number, type: string): void {
    socket.onStatus((status) => (this.status = status));
    const channel = new LiveChannel<ConfigRow>(socket, `widget_config:${type}:${studioId}`);
    channel.onSnapshot((config) => {
      this.take(config);
      void this.flush();
    });
    channel.on<ConfigRow>("config_changed", (config) => this.take(config));
    channel.onRefused((refusal) => (this.refused = refusal));
    this.channel = channel.join();
  }

  /** `now`: a choice is saved at once, what is typed after a rest. */
  set(name: string, value: unknown, { now = false } = {}): void {
    if (this.values[name] === value) return;
    this.record(this.label(name), { [name]: value }, name);
    this.put({ [name]: value }, now);
  }

  /** Several at once, as one step. */
  setAll(says: string, changes: Changes): void {
    const real = this.differing(changes);
    if (Object.keys(real).length === 0) return;
    this.record(says, real);
    this.put(real, true);
  }

  /** Back to the defaults; false: it stood there. */
  reset(): boolean {
    const usual = Object.fromEntries(this.fields.map((field) => [field.name, field.default]));
    const changes = this.differing(usual);
    this.setAll("the reset", changes);
    return Object.keys(changes).length > 0;
  }

  /** What the server has done by itself, such as an import, becomes a step that can be taken back. */
  done(says: string, row: ConfigRow, before: Changes): void {
    const names = Object.keys(before);
    this.forget(names);
    this.take(row, true);
    // Everybody is told of it, this page too, and maybe before the answer.
    this.theirs = [];
    if (names.length === 0) return;
    this.step({ says, before, after: Object.fromEntries(names.map((name) => [name, row.settings[name]])) });
  }

  /** Takes the last change back; a sentence where somebody else has changed the same since. */
  undo(): string {
    const step = this.steps.at(-1);
    if (!step) return "";
    this.steps = this.steps.slice(0, -1);
    this.taken = [...this.taken, step];
    return this.putBack(step.before, step.after);
  }

  redo(): string {
    const step = this.taken.at(-1);
    if (!step) return "";
    this.taken = this.taken.slice(0, -1);
    this.steps = [...this.steps, step];
    return this.putBack(step.after, step.before);
  }

  /** Saves what is not saved. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.open = "";
    if (this.underway || !this.channel) return;
    const changes = this.unsaved();
    if (Object.keys(changes).length === 0) return;
    this.underway = true;
    let again = false;
    try {
      const row = await this.channel.push<ConfigRow>("save", { changes });
      this.problem = "";
      this.take(row, true);
      this.confirm(changes);
      again = Object.keys(this.unsaved()).length > 0;
    } catch (error) {
      again = this.notSaved(changes, (error as Refused).refusal);
    } finally {
      this.underway = false;
    }
    if (again) await this.flush();
  }

  take(config: ConfigRow, own = false): void {
    if (config.version < this.version) return;
    const names = Object.keys(config.settings).filter((name) => config.settings[name] !== this.saved[name]);
    // What I am sending comes back as everybody hears it.
    const theirs = names.filter((name) => !(name in this.draft));
    if (theirs.length > 0 && !own) this.theirs = theirs;
    this.version = config.version;
    this.saved = config.settings;
  }

  label(name: string): string {
    return this.fields.find((field) => field.name === name)?.label ?? name;
  }

  private canBe(name: string, value: unknown): boolean {
    const field = this.fields.find((one) => one.name === name);
    return field !== undefined && fits(field, value);
  }

  private put(changes: Changes, now: boolean): void {
    this.forgetErrors(Object.keys(changes));
    this.theirs = [];
    this.draft = { ...this.draft, ...changes };
    clearTimeout(this.timer);
    if (now) void this.flush();
    else this.timer = setTimeout(() => void this.flush(), REST_MS);
  }

  private putBack(wanted: Changes, from: Changes): string {
    const names = Object.keys(wanted).filter((name) => this.values[name] === from[name]);
    if (names.length > 0) this.put(Object.fromEntries(names.map((name) => [name, wanted[name]])), true);
    const kept = Object.keys(wanted).filter(
      (name) => !names.includes(name) && this.values[name] !== wanted[name],
    );
    if (kept.length === 0) return "";
    return `${kept.map((name) => this.label(name)).join(", ")}: changed since, and left as it is.`;
  }

  private record(says: string, after: Changes, open = ""): void {
    const last = this.steps.at(-1);
    const before = Object.fromEntries(Object.keys(after).map((name) => [name, this.values[name]]));
    // Letters of one word, and one pull at a slider, are one step.
    if (open && open === this.open && last) this.steps = [...this.steps.slice(0, -1), { ...last, after }];
    else this.step({ says, before, after });
    this.open = open;
    this.taken = [];
  }

  private step(step: Step): void {
    this.steps = [...this.steps, step].slice(-MOST_STEPS);
    this.taken = [];
  }

  private differing(changes: Changes): Changes {
    return Object.fromEntries(Object.entries(changes).filter(([name, value]) => this.values[name] !== value));
  }

  /** Of the draft what is not refused; what the server has anyway is done. */
  private unsaved(): Changes {
    const open = Object.entries(this.draft).filter(([name]) => !(name in this.errors));
    this.confirm(Object.fromEntries(open.filter(([name, value]) => this.saved[name] === value)));
    return Object.fromEntries(open.filter(([name, value]) => this.saved[name] !== value));
  }

  /** What is saved is a draft no more, unless it was changed again meanwhile. */
  private confirm(saved: Changes): void {
    this.draft = Object.fromEntries(
      Object.entries(this.draft).filter(([name, value]) => !(name in saved) || saved[name] !== value),
    );
  }

  /** Whether there is more to save. */
  private notSaved(changes: Changes, { reason, message, field }: Refusal): boolean {
    if (field !== undefined && field in changes) {
      // Changed again meanwhile: the next answer tells.
      if (this.draft[field] === changes[field]) this.errors = { ...this.errors, [field]: message };
      return true;
    }
    // After a break it is sent again with the next snapshot.
    if (reason !== "timeout") this.problem = message;
    return false;
  }

  private forget(names: readonly string[]): void {
    this.forgetErrors(names);
    this.draft = Object.fromEntries(Object.entries(this.draft).filter(([name]) => !names.includes(name)));
  }

  private forgetErrors(names: readonly string[]): void {
    this.problem = "";
    if (!names.some((name) => name in this.errors)) return;
    this.errors = Object.fromEntries(Object.entries(this.errors).filter(([name]) => !names.includes(name)));
  }
}
