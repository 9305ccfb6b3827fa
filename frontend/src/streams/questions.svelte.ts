/** What viewers ask, once however often it was asked. No DOM. */

import { LiveChannel, Refused } from "../live/channel";
import type { LiveSocket } from "../live/connection";
import type { Question } from "../sessions/questions.svelte";
import type { StreamEvent } from "./types";

/** Rows kept; a show has some hundreds. */
const KEPT = 500;

export class QuestionStore {
  ready = $state(false);
  questions = $state.raw<readonly Question[]>([]);
  /** Why the last wish was not done. */
  trouble = $state("");

  /** Asked most first; of those alike the newest. */
  open = $derived(
    this.questions
      .filter(({ state }) => state === "open")
      .sort((one, other) => other.asked - one.asked || Date.parse(other.last_at) - Date.parse(one.last_at)),
  );

  private channel?: LiveChannel<{ questions: readonly Question[] }>;

  follow(socket: LiveSocket, studioId: number): void {
    const channel = new LiveChannel<{ questions: readonly Question[] }>(socket, `questions:${studioId}`);
    channel.onSnapshot(({ questions }) => {
      this.questions = questions;
      this.ready = true;
    });
    channel.onRow<Question>("question_changed", (row) => this.take(row));
    this.channel = channel.join();
  }

  take(row: Question): void {
    const others = this.questions.filter(({ id }) => id !== row.id);
    this.questions = [row, ...others].slice(0, KEPT);
  }

  done = (question: Question): Promise<boolean> => this.change("done", question);
  dismiss = (question: Question): Promise<boolean> => this.change("dismiss", question);
  reopen = (question: Question): Promise<boolean> => this.change("reopen", question);

  /** A message that is a question though nothing saw it. */
  async mark(event: StreamEvent): Promise<boolean> {
    return this.push("mark", { event_id: event.id });
  }

  /** At once on this page; taken back where the server says no. */
  private async change(what: "done" | "dismiss" | "reopen", question: Question): Promise<boolean> {
    const before = this.questions;
    const state = { done: "done", dismiss: "dismissed", reopen: "open" } as const;
    this.questions = before.map((row) => (row.id === question.id ? { ...row, state: state[what] } : row));
    const done = await this.push(what, { id: question.id });
    if (!done)
      this.questions = this.questions.map((row) =>
        row.id === question.id ? { ...row, state: question.state } : row,
      );
    return done;
  }

  private async push(event: string, payload: Record<string, unknown>): Promise<boolean> {
    try {
      await this.channel?.push<object>(event, payload);
      this.trouble = "";
      return this.channel !== undefined;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.trouble = error.message;
      return false;
    }
  }
}
