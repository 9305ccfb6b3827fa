/** How a platform is doing, in words. Pure. */

import { lookOf } from "./platforms";
import type { FeedRow } from "./types";

export interface Said {
  words: string;
  tone: "good" | "wait" | "bad" | "off";
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
/** Behind a colon a sentence goes on. Names keep their capital: only the usual first words lose theirs. */
const goesOn = (text: string): string =>
  text
    .replace(/^(Sign|The|Your|Allow|Connect|It|Please|No|Too)\b/, (word) => word.toLowerCase())
    .replace(/\.$/, "");

export function feedInWords({ status, sentence, platform, rehearsal }: FeedRow): Said {
  const { name } = lookOf(platform);
  switch (status) {
    case "connected":
      return {
        words: sentence ? capital(sentence) : rehearsal ? "Rehearsal: nobody here is real" : "Connected",
        tone: "good",
      };
    case "connecting":
      return { words: "Connecting…", tone: "wait" };
    case "reconnecting":
      return {
        words: `Reconnecting: ${sentence ? goesOn(sentence) : `${name} does not answer`}`,
        tone: "wait",
      };
    case "needs_you":
      return { words: `Needs you: ${sentence ? goesOn(sentence) : "sign in again"}`, tone: "bad" };
    default:
      return { words: sentence ? capital(sentence) : "Off", tone: "off" };
  }
}
