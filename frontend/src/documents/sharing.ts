/** What the panel of a document's sharing asks of the server, and what it is told. */

import * as asking from "../lib/asking";
import type { Right } from "./types";

export interface SharedPerson {
  id: number;
  name: string;
  /** Where they were invited; empty when that was not by mail. */
  email: string;
  right: Right;
  is_member: boolean;
}

export interface Letter {
  id: number;
  email: string;
  right: Right;
  expires_at: string;
}

export interface ShareLink {
  id: number;
  right: Right;
  made_by: string;
  expires_at: string;
  /** How many have a right by it. */
  opened: number;
}

/** To whoever does not manage the document without people and ways in. */
export interface Sharing {
  document_id: number;
  title: string;
  right: Right;
  manages: boolean;
  studio: string;
  owner: string;
  everyone: Right | "" | null;
  may_leave: boolean;
  people: SharedPerson[];
  letters: Letter[];
  links: ShareLink[];
  here: { key: string; name: string }[];
  /** Told once: of a link that was just made, its address. */
  link?: string;
  /** Told once: what gives back what was just taken. */
  undo?: string;
  invited?: "member" | "letter";
}

/** What each part of the panel is given. */
export interface SharingPart {
  sharing: Sharing;
  busy: boolean;
  /** Asks for a change; what came of it, if it was done. */
  change: (below: string, sent: Record<string, string>) => Promise<Sharing | undefined>;
}

export type Answer = { sharing: Sharing } | { wrong: string };

export const RIGHTS: readonly (readonly [Right, string])[] = [
  ["read", "Can read"],
  ["comment", "Can comment"],
  ["suggest", "Can suggest"],
  ["edit", "Can edit"],
];
export const DAYS: readonly (readonly [number, string])[] = [
  [1, "for a day"],
  [7, "for 7 days"],
  [30, "for 30 days"],
  [90, "for 90 days"],
];

const WORDS = {
  away: "The studio does not answer. Nothing was changed; try again in a moment.",
  signedOut: "You are signed out. Reload the page and sign in.",
};

/** GET of how it stands, or POST of a change below it; never throws. */
export async function ask(documentId: number, below = "", sent?: Record<string, string>): Promise<Answer> {
  const path = `/documents/${documentId}/sharing${below}`;
  const answer = await asking.ask<Sharing>(path, sent && new URLSearchParams(sent));
  return answer.is === "ok" ? { sharing: answer.data } : { wrong: asking.wrongIn(answer, WORDS) };
}
