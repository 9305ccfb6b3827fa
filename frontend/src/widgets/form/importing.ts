/** Settings as files: in and out, and back again. */

import { ask, wrongIn, type Answer } from "../../lib/asking";
import type { ConfigRow } from "../types";
import type { Changes } from "./rows";

export interface Changed {
  rows: Record<string, ConfigRow>;
  /** What the changed settings were, by kind: to take it back. */
  before: Record<string, Changes>;
  /** Sentences about what could not be set. */
  left_out?: readonly string[];
}

const WORDS = {
  away: "The server does not answer. Nothing was changed; try again in a moment.",
  signedOut: "You are signed out. Sign in in another tab, then try again.",
};

/** What came of it, or a sentence. */
export async function importFile(file: File, path: string): Promise<Changed | string> {
  let text: string;
  try {
    text = await file.text();
  } catch {
    return "This file cannot be read.";
  }
  return orWords(await ask<Changed>(path, { text }));
}

export async function change(changes: Record<string, Changes>): Promise<Changed | string> {
  return orWords(await ask<Changed>("/widgets/change", { changes }));
}

export async function applyPreset(name: string): Promise<Changed | string> {
  return orWords(await ask<Changed>("/widgets/preset", { name }));
}

function orWords(answer: Answer<Changed>): Changed | string {
  return answer.is === "ok" ? answer.data : wrongIn(answer, WORDS);
}
