/**
 * What viewers ask, as the streams know it, for every page: console, host's screen, dashboard. A page that may not see it,
 * or a server without it, has none. No DOM.
 */

import { LiveChannel, Refused } from "../live/channel";
import type { LiveSocket } from "../live/connection";
import type { Item } from "./types";

/** As the server tells it. Name and text are strangers': they are shown as text and nothing else. */
export interface Question {
  id: number;
  session_id: number | null;
  item_id: number | null;
  product_id: number | null;
  /** Of the line it is about, as printed; and what that line shows. */
  number: number | null;
  product: string;
  /** Of the message whose words it has. */
  event_id: number;
  platform: string;
  user_name: string;
  user_color: string;
  text: string;
  /** How often. */
  asked: number;
  first_at: string;
  last_at: string;
  state: "open" | "done" | "dismissed";
  rehearsal: boolean;
}

interface Snapshot {
  questions: Question[];
}

/** The server lists so many of those that are open, the newest; beside them what a host reads, however old. */
const MOST_LISTED = 200;
/** Questions kept; what has been answered longest goes first. A show has some hundreds. */
const KEPT = 1_000;

/** What people do about a question. */
export type Verdict = "done" | "dismiss" | "reopen";
const BECOMES = { done: "done", dismiss: "dismissed", reopen: "open" } as const;

/** The one order of questions, the server's too: the most asked first; of those asked as often, who has waited longest. */
export function byNeed(a: Question, b: Question): number {
  return b.asked - a.asked || Date.parse(a.first_at) - Date.parse(b.first_at) || a.id - b.id;
}

export class QuestionsStore {
  /** By id, those that were answered among them. */
  all = $state.raw<ReadonlyMap<number, Question>>(new Map());
  /** The server has them for whoever is here. */
  served = $state(false);
  private channel?: LiveChannel<Snapshot>;

  /** `sessionId`: of this show and of none only; without it those of the whole studio. */
  constructor(private readonly sessionId?: number) {}

  /** Those that wait for an answer, the next one first. */
  open: readonly Question[] = $derived.by(() =>
    [...this.all.values()].filter((one) => one.state === "open" && this.isHere(one)).sort(byNeed),
  );

  /** The messages that are among them. */
  private events: ReadonlySet<number> = $derived.by(
    () => new Set([...this.all.values()].map(({ event_id }) => event_id)),
  );

  /** Whether a message of the chat is a question, answered or not. */
  isAsked = (eventId: number): boolean => this.events.has(eventId);

  follow(socket: LiveSocket, studioId: number): void {
    const channel = new LiveChannel<Snapshot>(socket, `questions:${studioId}`);
    channel.onSnapshot(({ questions }) => {
      const kept = this.served ? this.beyond(questions) : [];
      this.all = new Map([...kept, ...questions].map((one) => [one.id, one]));
      this.served = true;
    });
    channel.onRow<Question>("question_changed", (row) => this.put(row));
    channel.onRefused(() => {
      this.all = new Map();
      this.served = false;
    });
    this.channel = channel.join();
  }

  /** Shows what the browser had kept, until the server speaks. */
  restore(question: Question | null | undefined): void {
    if (question && !this.served) this.all = new Map([[question.id, question]]);
  }

  /** A question as long as it waits: one that is done or dismissed is on nobody's screen. */
  openOne(id: number | null | undefined): Question | undefined {
    const one = id == null ? undefined : this.all.get(id);
    return one?.state === "open" ? one : undefined;
  }

  /** At once on this page, and taken back where the server says no. Gives the refusal, if it was refused. */
  async judge(id: number, verdict: Verdict): Promise<Refused | undefined> {
    const before = this.all.get(id);
    const after = before && { ...before, state: BECOMES[verdict] };
    if (after) this.put(after);
    const refused = await this.push(verdict, { id });
    // What was told of it meanwhile stands.
    if (refused && before && this.all.get(id) === after) this.put(before);
    return refused;
  }

  /** A message of the chat that is a question though nothing saw it. Gives the refusal, if it was refused. */
  mark(eventId: number): Promise<Refused | undefined> {
    return this.push("mark", { event_id: eventId });
  }

  private async push(event: string, payload: Record<string, unknown>): Promise<Refused | undefined> {
    if (!this.channel) return new Refused({ reason: "away", message: "The page is not connected yet." });
    try {
      await this.channel.push<object>(event, payload);
      return undefined;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return error;
    }
  }

  private isHere({ session_id }: Question): boolean {
    return this.sessionId === undefined || session_id === null || session_id === this.sessionId;
  }

  /** Those known here that are older than a full list reaches: after a break they still wait, the host's among them. */
  private beyond(listed: readonly Question[]): Question[] {
    if (listed.length < MOST_LISTED) return [];
    const times = listed.map(({ last_at }) => Date.parse(last_at)).sort((a, b) => b - a);
    const oldest = times[MOST_LISTED - 1]!;
    return [...this.all.values()].filter(({ last_at }) => Date.parse(last_at) < oldest);
  }

  private put(row: Question): void {
    const all = new Map(this.all).set(row.id, row);
    const answered = all.size > KEPT ? [...all.values()].find(({ state }) => state !== "open") : undefined;
    if (answered) all.delete(answered.id);
    this.all = all;
  }
}

const NAMES: Readonly<Record<string, string>> = {
  tiktok: "TikTok",
  tiktok_shop: "TikTok Shop",
  youtube: "YouTube",
  whatnot: "Whatnot",
  obs: "OBS",
};

/** A platform in a word. */
export const platformName = (platform: string): string =>
  NAMES[platform] ?? platform.charAt(0).toUpperCase() + platform.slice(1).replaceAll("_", " ");

/** `asked 4×`; nothing for what was asked once. */
export const askedWords = ({ asked }: Pick<Question, "asked">): string =>
  asked > 1 ? `asked ${asked.toLocaleString("en")}×` : "";

/** `12 · Gold hoops`, as the lineup has it now; nothing for a question about the whole show. */
export function aboutWords(question: Question, items: readonly Item[]): string {
  const item = items.find(({ id }) => id === question.item_id);
  if (item) return `${item.position} · ${item.short_name || item.name}`;
  const { number, product } = question;
  return product && (number === null ? product : `${number} · ${product}`);
}

/** Whether it is about this line, or about what this line shows. */
export const isAbout = (question: Question, item: Item | undefined): boolean =>
  item !== undefined &&
  (question.item_id === item.id || (question.item_id === null && question.product_id === item.product_id));
