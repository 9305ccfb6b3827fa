/** A live session in the browser: all its rules, no DOM. Fed by two topics, state and meta. */

import { ServerClock } from "../lib/server-clock";
import { whole } from "../lib/text";
import { LiveChannel, Refused } from "../live/channel";
import type { LiveSocket, Status } from "../live/connection";
import type { Kept } from "../offline/record";
import { Arming } from "./arming.svelte";
import { Commands, inWords } from "./commands.svelte";
import { Changes, type Crew } from "./crew";
import { Flashes, type FlashWish } from "./flash.svelte";
import { ahead, edge, lineupOf, neighbour } from "./passing";
import { readPlace, type Place } from "./place";
import { SharedPoints } from "./shared-points";
import type {
  Color,
  Item,
  ItemsRefreshed,
  LineupChanged,
  LiveState,
  MetaSnapshot,
  OwnValues,
  SessionFacts,
  SettingChanges,
  SettingsChanged,
  StateSnapshot,
} from "./types";

export interface Notice {
  text: string;
  tone: "info" | "error";
  at: number;
}

interface Ahead {
  undo: { kind: string } | null;
  redo: { kind: string } | null;
}

const words = (change: { kind: string } | null | undefined): string =>
  change?.kind.replaceAll("_", " ") ?? "";

const wholeTexts = <Changes extends Partial<OwnValues>>(changes: Changes): Changes =>
  Object.fromEntries(
    Object.entries(changes).map(([name, value]) => [name, typeof value === "string" ? whole(value) : value]),
  ) as Changes;

export class SessionStore {
  live = $state.raw<LiveState>();
  session = $state.raw<SessionFacts>();
  items = $state.raw<readonly Item[]>([]);
  can = $state.raw({ drive: false, acknowledge: false });
  status = $state<Status>("connecting");
  notice = $state.raw<Notice>();
  /** Why the page may not follow, once the server has said so. */
  refused = $state<string>();
  /** The server is newer than this page. */
  outdated = $state(false);
  /** What this page has asked for. */
  readonly commands = new Commands();
  /** The lineup is as the server has it: no break since its snapshot. */
  lineupFresh = $state(false);
  /** How often the show has been moved from here. */
  ownMoves = $state(0);
  /** What the address asked for on a cold load; the show's own next move, or a reconnect, ends it. */
  private asked = $state.raw<Place | null>(null);

  ready = $derived(this.live !== undefined && this.session !== undefined);
  onAir = $derived(this.items.find((item) => item.id === this.live?.item_id));
  private askedItem = $derived(this.items.find((item) => item.id === this.asked?.itemId));
  /** What this page shows: what is on air, unless the address asked for something else. */
  shown = $derived(this.askedItem ?? this.onAir);
  shownIndex = $derived((this.askedItem && this.asked?.imageIndex) ?? this.live?.image_index ?? 0);
  image = $derived(this.shown?.images[Math.min(this.shownIndex, this.shown.images.length - 1)]);
  place = $derived(this.items.findIndex((item) => item === this.shown));
  private onAirPlace = $derived(this.onAir ? this.items.indexOf(this.onAir) : -1);
  private lineup = $derived(lineupOf(this.items, this.session));
  /** The next three that the show comes to; fewer at the end, unless the session goes round. */
  coming = $derived(ahead(this.lineup, this.onAirPlace, 3));
  /** What the key back brings. */
  earlier = $derived(this.onAir && neighbour(this.lineup, this.onAirPlace, -1));
  /** What the next key press brings. */
  next = $derived(this.coming[0]);
  /** The lower prices that run now. */
  readonly flashes: Flashes = new Flashes(() => this.clock.now());
  private readonly arming = new Arming();
  /** What "Go" would show. */
  armed = $derived(
    this.arming.itemId === undefined ? undefined : this.items.find(({ id }) => id === this.arming.itemId),
  );
  /** The show has moved to an item whose line has not arrived yet. */
  waitsForLineup = $derived(this.live !== undefined && this.live.item_id !== null && !this.onAir);

  private socket?: LiveSocket;
  private state?: LiveChannel<StateSnapshot>;
  private meta?: LiveChannel<MetaSnapshot>;
  private lineupVersion = -1;
  private cold = true;
  /** What is shown comes from the browser's own store; the server has said nothing yet. */
  private restored = false;

  /** Talking points that colleagues are writing; a page that shows them follows `pointsNear`. */
  readonly points = new SharedPoints((documentId) => this.pointsChanged(documentId));
  pointsNear = $derived([
    ...new Set(
      [this.shown, this.onAir, this.armed, ...this.coming].flatMap((item) => item?.document_id ?? []),
    ),
  ]);
  readonly clock = new ServerClock();
  readonly changes = new Changes();
  /** Called with each snapshot of the state: from now on the page follows. */
  onFollowing?: () => void;
  /** Set on a page that tells of colleagues' moves. */
  crew?: Crew;
  /** Called with each change of the lineup, just before it is made. */
  onLineup?: (change: LineupChanged) => void;

  constructor(private readonly search = "") {}

  /** Joins the two topics of a session. */
  follow(socket: LiveSocket, sessionId: number): void {
    this.socket = socket;
    socket.onStatus((status) => {
      this.status = status;
      if (status !== "connected") this.lineupFresh = false;
    });
    const state = new LiveChannel<StateSnapshot>(
      socket,
      `session:${sessionId}:state`,
      {},
      (snapshot) => snapshot.live.version,
    );
    const meta = new LiveChannel<MetaSnapshot>(
      socket,
      `session:${sessionId}:meta`,
      {},
      (snapshot) => snapshot.version,
    );
    state.onSnapshot((snapshot) => this.takeState(snapshot));
    // With a better idea of the server's time, what ends by it ends rightly.
    state.onSnapshot(() => void this.clock.ask(() => this.time()).then(() => this.takeTimed()));
    state.onState<LiveState>("state_changed", (live) => this.stateChanged(live));
    meta.onSnapshot((snapshot) => this.takeMeta(snapshot));
    meta.onLog<LineupChanged>("lineup_changed", (change) => this.lineupChanged(change));
    meta.onLog<SettingsChanged>("settings_changed", (change) => this.settingsChanged(change));
    meta.on("session_deleted", () => this.sessionDeleted());
    meta.on<ItemsRefreshed>("items_refreshed", (change) => this.itemsRefreshed(change));
    for (const channel of [state, meta])
      channel.onRefused(({ reason, message }) => {
        if (reason === "reload") this.outdated = true;
        else this.refused ??= message; // the first tells most: what is deleted is closed after
      });
    this.state = state.join();
    this.meta = meta.join();
  }

  /** Follows the shared talking points that are near; called again whenever `pointsNear` has changed. */
  followPoints(ids: readonly number[]): void {
    if (this.socket) void this.points.follow(this.socket, ids);
  }

  // What the server says.

  takeState(snapshot: StateSnapshot): void {
    this.can = snapshot.can;
    this.clock.told(snapshot.server_time);
    const rejoined = this.live !== undefined && !this.restored;
    // What the browser had kept is never newer than the server.
    if (!this.live || this.restored || snapshot.live.version >= this.live.version) this.live = snapshot.live;
    this.restored = false;
    this.takeTimed();
    if (rejoined || !this.cold) this.asked = null;
    this.settleAddress();
    this.onFollowing?.();
    this.tellArrived();
  }

  takeMeta(snapshot: MetaSnapshot): void {
    this.lineupVersion = snapshot.version;
    this.session = snapshot.session;
    this.items = snapshot.items.map(this.withPoints);
    this.lineupFresh = true;
    this.changes.clear();
    this.settleAddress();
    this.tellArrived();
  }

  stateChanged(live: LiveState): void {
    if (this.live && live.version <= this.live.version) return;
    const moved = live.item_id !== this.live?.item_id || live.image_index !== this.live?.image_index;
    this.live = live;
    this.takeTimed();
    this.changes.seen(live.version, live.actor_id);
    this.tellArrived();
    if (moved) {
      if (live.actor_id === this.crew?.me) this.ownMoves += 1;
      this.asked = null;
      this.cold = false;
      this.tellOfColleague(live.actor_id);
    }
  }

  /** What is worth something for a while only. */
  private takeTimed(): void {
    this.arming.take(this.live?.armed ?? null, this.clock.now());
    this.flashes.take(this.live);
  }

  private async time(): Promise<string | undefined> {
    try {
      return (await this.state?.push<{ server_time: string }>("time"))?.server_time;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return undefined; // what the snapshot said will do
    }
  }

  /** Somebody else has moved the show: said, so that a jump on the screen is no riddle. */
  private tellOfColleague(actorId: number | null): void {
    if (!this.crew || actorId === null || actorId === this.crew.me || !this.onAir) return;
    this.say(`${this.crew.nameOf(actorId) ?? "A colleague"} → #${this.onAir.position}`);
  }

  lineupChanged(change: LineupChanged): void {
    if (change.version <= this.lineupVersion) return;
    this.lineupVersion = change.version;
    this.changes.by(change.version, change.items, this.crew);
    this.onLineup?.(change);
    this.put(change.items, change.removed);
    this.tellArrived();
  }

  settingsChanged(change: SettingsChanged): void {
    if (change.version <= this.lineupVersion) return;
    this.lineupVersion = change.version;
    this.session = change.session;
    this.tellArrived();
  }

  /** The end: what was here is gone for everybody. */
  sessionDeleted(): void {
    this.items = [];
    this.refused = "This session was deleted.";
  }

  /** The catalogue changed: new values for lines that are still there. */
  itemsRefreshed(change: ItemsRefreshed): void {
    const known = new Set(this.items.map((item) => item.id));
    this.changes.byCatalogue(change.items);
    this.put(
      change.items.filter((item) => known.has(item.id)),
      [],
    );
  }

  /** A version is on this page when the lineup it speaks of is, too. */
  private tellArrived(): void {
    if (!this.live) return;
    const complete = this.lineupVersion >= this.live.lineup_version;
    this.commands.arrived(complete ? this.live.version : Math.min(this.live.version, this.lineupVersion));
  }

  /** On a cold load, once both snapshots are there, the address is asked; never again (X5, T10). */
  private settleAddress(): void {
    if (!this.cold || !this.ready || this.restored || this.lineupVersion < 0) return;
    this.cold = false;
    const asked = readPlace(this.search, this.items);
    const same = asked?.itemId === this.live?.item_id && asked?.imageIndex === this.live?.image_index;
    this.asked = same ? null : asked;
  }

  private readonly withPoints = (item: Item): Item => {
    const html = this.points.of(item.document_id);
    return html === undefined ? item : { ...item, talking_points_html: html };
  };

  private pointsChanged(documentId: number): void {
    this.items = this.items.map((item) => (item.document_id === documentId ? this.withPoints(item) : item));
  }

  private put(items: readonly Item[], removed: readonly number[]): void {
    const byId = new Map(this.items.map((item) => [item.id, item]));
    for (const id of removed) byId.delete(id);
    for (const item of items) byId.set(item.id, this.withPoints(item));
    this.items = [...byId.values()].sort((a, b) => a.position - b.position);
  }

  // A screen by itself, while the server is away.

  /** Shows what the browser had kept, until the server speaks. */
  restore({ live, can, session, items }: Kept): void {
    if (this.live || this.session) return;
    this.restored = true;
    Object.assign(this, { live, can, session, items });
    this.takeTimed();
  }

  /** Shows another place on this screen alone; the next snapshot, or the show's next move, ends it. */
  lookAt(place: Place): void {
    this.cold = false;
    const same = place.itemId === this.live?.item_id && place.imageIndex === this.live.image_index;
    this.asked = same ? null : place;
  }

  /** What the address asked for counts no more. */
  endAddress(): void {
    this.cold = false;
  }

  /** This page shows something else than the show does. */
  get isElsewhere(): boolean {
    return this.askedItem !== undefined;
  }

  /** What the address should say for the page to come back to this. */
  get address(): Place | null {
    return this.shown ? { itemId: this.shown.id, imageIndex: this.shownIndex } : null;
  }

  // What people want.

  jump = (number: number) => this.command("jump", { number });
  next_ = () => this.command("next");
  previous = () => this.command("previous");
  first = () => this.command("first");
  last = () => this.command("last");
  nextImage = () => this.command("next_image");
  previousImage = () => this.command("previous_image");
  sendMessage = (text: string, color: Color) => this.command("send_message", { text: whole(text), color });
  clearMessage = () => this.command("clear_message");
  pinQuestion = (questionId: number) => this.command("pin_question", { question_id: questionId });
  /** With an id only if it is this one, because it waits no longer: then no undo brings it back. */
  clearQuestion = (answeredId?: number) =>
    this.command("clear_question", answeredId === undefined ? {} : { question_id: answeredId });
  /** With the `op_id` it was given while the server was away, so that it counts once. */
  acknowledge = (opId?: string) => this.command("ack_message", opId ? { op_id: opId } : {});
  toggleCard = () => this.command(this.live?.card_shown ? "hide_card" : "show_card");
  setStatus = (status: string) => this.command("set_status", { status });
  arm = (number: number) => this.command("arm", { number });
  go = () => this.command("go");
  disarm = () => this.command("disarm");
  addTime = (seconds: number) => this.command("add_time", { seconds });
  toggleClock = () => this.command(this.live?.clock.paused_at ? "resume_clock" : "pause_clock");
  /** A lower price for a while; of what is on air, unless it is another line's. */
  flashPrice = (wish: FlashWish) => this.command("flash_price", { ...wish });
  extendFlash = (itemId: number, seconds: number) =>
    this.command("extend_flash", { item_id: itemId, seconds });
  endFlash = (itemId: number) => this.command("end_flash", { item_id: itemId });
  approveFlash = (offerId: string) => this.command("approve_flash", { offer_id: offerId });
  declineFlash = (offerId: string) => this.command("decline_flash", { offer_id: offerId });
  undo = () => this.command("undo");
  redo = () => this.command("redo");

  /** What a key of the console does: shows a product, or makes it ready first where the session asks for that. */
  drive(move: "next" | "previous" | "first" | "last"): Promise<boolean> {
    const { next, earlier: previous } = this;
    const target = { next, previous, first: edge(this.lineup, 1), last: edge(this.lineup, -1) }[move];
    // Where there is none the server says why.
    return target && this.session?.arming ? this.stage(target) : this.command(move);
  }

  driveTo(number: number): Promise<boolean> {
    const target = this.items.find(({ position }) => position === number);
    return target && this.session?.arming ? this.stage(target) : this.jump(number);
  }

  /** Makes it ready, or shows it when it is that already. */
  private stage(item: Item): Promise<boolean> {
    return item.id === this.armed?.id ? this.go() : this.arm(item.position);
  }

  /** Changes what is set for the show; the refusal's sentence when it cannot be. */
  async saveSettings(changes: SettingChanges): Promise<string | undefined> {
    return (await this.saveSetting(changes))?.message;
  }

  /** The same, with the reason for code. */
  saveSetting(changes: SettingChanges): Promise<Refused | undefined> {
    const presets = changes.presets?.map((one) => ({ ...one, text: whole(one.text) }));
    const sent = presets ? { ...changes, presets } : changes;
    return this.send(this.meta, "update_settings", { changes: sent }, { told: () => true });
  }

  /** What one's next undo and redo would take back, in words; asked when somebody is about to. */
  ahead = $state.raw({ undo: "", redo: "" });

  async lookAhead(): Promise<void> {
    try {
      const answer = await this.state?.push<Ahead>("undoable");
      this.ahead = { undo: words(answer?.undo), redo: words(answer?.redo) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.ahead = { undo: "", redo: "" }; // the button does without
    }
  }

  say(text: string, tone: Notice["tone"] = "info"): void {
    this.notice = { text, tone, at: Date.now() };
  }

  /**
   * A line's own values for this session; null: as the product has it. Resolves when the lineup has them. Gives the
   * refusal; `told` says whether its field can be seen, which tells of it then.
   */
  overrideItem(
    itemId: number,
    changes: Partial<OwnValues & Pick<Item, "skipped">>,
    told: () => boolean,
  ): Promise<Refused | undefined> {
    const item = this.items.find(({ id }) => id === itemId);
    const what = item ? `change of ${item.position} · ${item.short_name || item.name}` : undefined;
    return this.send(
      this.meta,
      "override_item",
      { item_id: itemId, changes: wholeTexts(changes) },
      { what, told },
    );
  }

  /** Next and previous pass over a line from now on, or come to it again. */
  toggleSkipped(item: Item): void {
    void this.overrideItem(item.id, { skipped: !item.skipped }, () => false);
  }

  /** A change of the lineup by its name, once it is on this page: its version, or the refusal, told as a notice. */
  async build(
    event: string,
    payload: Record<string, unknown>,
    what?: string,
    quiet: readonly string[] = [],
  ): Promise<number | Refused> {
    let version = -1;
    const options = { what, heard: (done: number) => (version = done), told: () => true };
    const refusal = await this.send(this.meta, event, payload, options);
    if (refusal && !quiet.includes(refusal.reason))
      this.commands.fail(event, what ?? inWords(event), refusal.message);
    return refusal ?? version;
  }

  /** Asks about the lineup; changes nothing. Throws Refused. */
  ask<Reply extends object>(event: string, payload: Record<string, unknown>): Promise<Reply> {
    if (!this.meta) throw new Refused({ reason: "unavailable", message: "The page is not connected yet." });
    return this.meta.push<Reply>(event, payload);
  }

  /** Takes back one change, whoever has made others since; a refusal becomes a notice. */
  undoOf = (version: number) => this.command("undo", { version });

  /** Commands on their way. */
  get pending(): number {
    return this.commands.underway.length;
  }

  /** Sends a command of the show; a refusal becomes a notice. True when it was done. */
  private async command(event: string, payload: Record<string, unknown> = {}): Promise<boolean> {
    // One's own command ends what the address asked for, also when it leads to where the show is already.
    if (!this.state) return false;
    this.asked = null;
    this.cold = false;
    return (await this.send(this.state, event, payload)) === undefined;
  }

  /** Resolves when the change is on this page. Gives the refusal, if it was refused; `told`: the caller tells of it. */
  private async send(
    channel: Pick<LiveChannel<MetaSnapshot>, "push"> | undefined,
    event: string,
    payload: Record<string, unknown>,
    {
      what = inWords(event, payload),
      told,
      heard,
    }: {
      what?: string | undefined;
      told?: () => boolean;
      heard?: (version: number) => void;
    } = {},
  ): Promise<Refused | undefined> {
    const command = this.commands.begin(
      event,
      what,
      this.commands.destination(event, payload.number, this.lineup, this.onAir?.id),
    );
    try {
      if (!channel) throw new Refused({ reason: "unavailable", message: "The page is not connected yet." });
      const reply = await channel.push<{ version: number; undone?: { kind: string } }>(event, payload);
      if (reply.undone) this.say(`${event === "redo" ? "Done again" : "Undone"}: ${words(reply.undone)}`);
      heard?.(reply.version);
      const come = this.commands.done(command, reply.version);
      if (told) await come;
      return undefined;
    } catch (error) {
      this.commands.end(command);
      if (!(error instanceof Refused)) throw error;
      if (["end_of_session", "start_of_session", "all_skipped"].includes(error.reason))
        this.say(error.message);
      else if (!told?.()) this.commands.fail(event, what, error.message);
      return error;
    }
  }
}
