/**
 * The producer's hand on the viewers' questions: which one the host reads, which comes next, what has been answered.
 * Which one is shown belongs to the show and its undo; what is done with it, to the streams. No DOM.
 */

import type { Question, QuestionsStore, Verdict } from "./questions.svelte";
import type { SessionStore } from "./session.svelte";

type Show = Pick<SessionStore, "live" | "pinQuestion" | "clearQuestion" | "say" | "commands">;

/** One of the list; while it is open the first nine have a digit. */
export interface Row {
  question: Question;
  digit: number | undefined;
}

const MOST_DIGITS = 9;

export class QuestionDesk {
  /** The list is open: digits pick. */
  listOpen = $state(false);
  /** The order when it was opened: a digit means what it meant when it was read, however often others ask meanwhile. */
  private order = $state.raw<readonly number[]>([]);
  /** Changes of the host's screen that the server has not answered. */
  private underway = 0;
  /** Answered from here, so that an undo of that asks them again; and those that were. */
  private readonly answered = new Map<number, Verdict>();
  private readonly askedAgain = new Map<number, Verdict>();
  private seen = { version: -1, pinned: null as number | null };

  constructor(
    private readonly show: Show,
    private readonly questions: QuestionsStore,
    private readonly me: number,
  ) {}

  /** What the host reads. */
  pinned: Question | undefined = $derived.by(() => this.questions.openOne(this.show.live?.question_id));
  /** The others that wait, as Q takes them. */
  waiting: readonly Question[] = $derived.by(() =>
    this.questions.open.filter(({ id }) => id !== this.pinned?.id),
  );
  rows: readonly Row[] = $derived.by(() => {
    if (!this.listOpen) return this.waiting.map((question) => ({ question, digit: undefined }));
    const place = new Map(this.order.map((id, index) => [id, index]));
    // What has come since stands at the end, without a digit.
    const at = ({ id }: Question) => place.get(id) ?? place.size;
    return this.waiting
      .toSorted((a, b) => at(a) - at(b))
      .map((question) => ({
        question,
        digit: at(question) < Math.min(place.size, MOST_DIGITS) ? at(question) + 1 : undefined,
      }));
  });

  get served(): boolean {
    return this.questions.served;
  }

  /** The next one to the host; what was there has been answered. A second press before the first is done is none. */
  async next(): Promise<void> {
    if (this.underway) return;
    const next = this.waiting[0];
    if (this.pinned) await this.close(this.pinned, "done", next);
    else if (next) await this.put(next);
    else if (this.served) this.show.say("No viewer’s question waits");
  }

  /** This one to the host, and the list is closed. What was there waits again. */
  async pick(question: Question): Promise<void> {
    this.closeList();
    await this.put(question);
  }

  pickDigit(digit: number): void {
    const row = this.rows.find((one) => one.digit === digit);
    if (row) void this.pick(row.question);
    else this.show.say(`There is no question ${digit}`);
  }

  /** Answered, or not worth one. Was the host reading it, the screen is free, or `next` is on it. */
  async close(question: Question, verdict: "done" | "dismiss", next?: Question): Promise<void> {
    if (question.id === this.pinned?.id) {
      // First the host's screen: an undo brings back what was there when it changed.
      if (!(await this.put(next))) return;
      this.answered.set(question.id, verdict);
    }
    await this.judge(question.id, verdict);
  }

  /** On the host's screen, or nothing is. Whether it was done. */
  private async put(question: Question | undefined): Promise<boolean> {
    this.underway += 1;
    try {
      return await (question ? this.show.pinQuestion(question.id) : this.show.clearQuestion());
    } finally {
      this.underway -= 1;
    }
  }

  openList(): void {
    this.order = this.waiting.map(({ id }) => id);
    this.listOpen = true;
  }

  closeList(): void {
    this.listOpen = false;
  }

  /** For an effect: what one takes back here is asked again, what one does again is answered. */
  follow(): void {
    const { live } = this.show;
    if (!live || live.version === this.seen.version) return;
    const before = this.seen.pinned;
    const pinned = live.question_id ?? null;
    this.seen = { version: live.version, pinned };
    if (before === pinned || live.actor_id !== this.me) return;
    if (live.kind === "undo" && this.move(pinned, this.answered, this.askedAgain, () => "reopen")) return;
    if (live.kind === "redo") this.move(before, this.askedAgain, this.answered, (verdict) => verdict);
    if (live.kind === "undo" || live.kind === "redo") this.passOver(pinned);
  }

  /** Whether there was something to do. */
  private move(
    id: number | null,
    from: Map<number, Verdict>,
    to: Map<number, Verdict>,
    what: (verdict: Verdict) => Verdict,
  ): boolean {
    const verdict = id === null ? undefined : from.get(id);
    if (id === null || !verdict) return false;
    from.delete(id);
    to.set(id, verdict);
    void this.judge(id, what(verdict));
    return true;
  }

  /** What somebody else has answered meanwhile no undo brings back: the next one takes back what came before. */
  private passOver(id: number | null): void {
    if (id === null || (this.questions.all.get(id)?.state ?? "open") === "open") return;
    void this.show.clearQuestion(id);
    this.show.say("That question has been answered meanwhile");
  }

  private async judge(id: number, verdict: Verdict): Promise<void> {
    const refusal = await this.questions.judge(id, verdict);
    if (refusal) this.show.commands.fail(`question_${verdict}`, WORDS[verdict], refusal.message);
  }
}

const WORDS: Readonly<Record<Verdict, string>> = {
  done: "question done",
  dismiss: "dismiss the question",
  reopen: "open the question again",
};
