/** What viewers ask, as the streams know it. A page that may not see it, or a server without it, has none. No DOM. */

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

/** The server lists so many of those that are open, the newest. */
const MOST_LISTED = 200;

/** What people do about a question. */
export type Verdict = "done" | "dismiss" | "reopen";

/** The most asked first; of those that are asked as often, the oldest. */
export function byNeed(a: Question, b: Question): number {
  return b.asked - a.asked || Date.parse(a.first_at) - Date.parse(b.first_at) || a.id - b.id;
}

export class QuestionsStore {
  private all = $state.raw<ReadonlyMap<number, Question>>(new Map());
  /** The server has them for whoever is here. */
  served = $state(false);
  private channel?: LiveChannel<Snapshot>;

  constructor(private readonly sessionId: number) {}

  /** Those that wait for an answer in this show, the next one first. Of other shows there are none here. */
  open: readonly Question[] = $derived.by(() =>
    [...this.all.values()]
      .filter(
        ({ state, session_id }) => state === "open" && (session_id ?? this.sessionId) === this.sessionId,
      )
      .sort(byNeed),
  );

  follow(socket: LiveSocket, studioId: number): void {
    const channel = new LiveChannel<Snapshot>(socket, `questions:${studioId}`);
    channel.onSnapshot(({ questions }) => {
      this.all = new Map([...this.beyond(questions), ...questions].map((one) => [one.id, one]));
      this.served = true;
    });
    channel.onRow<Question>("question_changed", (row) => this.put(row));
    channel.onRefused(() => {
      this.all = new Map();
      this.served = false;
    });
    this.channel = channel.join();
  }

  /** A question as long as it waits: one that is done or dismissed is on nobody's screen. */
  openOne(id: number | null | undefined): Question | undefined {
    const one = id == null ? undefined : this.all.get(id);
    return one?.state === "open" ? one : undefined;
  }

  /** Gives the refusal, if it was refused. */
  async judge(id: number, verdict: Verdict): Promise<Refused | undefined> {
    try {
      await this.channel?.push<object>(verdict, { id });
      return undefined;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return error;
    }
  }

  /** Those known here that are older than a full list reaches: after a break they still wait, the host's among them. */
  private beyond(listed: readonly Question[]): Question[] {
    if (listed.length < MOST_LISTED) return [];
    const oldest = Math.min(...listed.map(({ last_at }) => Date.parse(last_at)));
    return [...this.all.values()].filter(({ last_at }) => Date.parse(last_at) < oldest);
  }

  private put(row: Question): void {
    this.all = new Map(this.all).set(row.id, row);
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
