/** What the panel of a document's sharing asks of the server, and what it is told. */

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

const AWAY = "The studio does not answer. Nothing was changed; try again in a moment.";
const SIGNED_OUT = "You are signed out. Reload the page and sign in.";

/** GET of how it stands, or POST of a change below it; never throws. */
export async function ask(documentId: number, below = "", sent?: Record<string, string>): Promise<Answer> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (sent) headers["X-CSRFToken"] = csrfToken();
  try {
    const answer = await fetch(`/documents/${documentId}/sharing${below}`, {
      method: sent ? "POST" : "GET",
      headers,
      redirect: "manual",
      cache: "no-store",
      body: sent ? new URLSearchParams(sent) : null,
    });
    if (answer.status === 401 || answer.type === "opaqueredirect") return { wrong: SIGNED_OUT };
    if (answer.status >= 500) return { wrong: AWAY };
    const body = (await answer.json()) as Sharing & { message?: string };
    return answer.ok ? { sharing: body } : { wrong: body.message ?? AWAY };
  } catch {
    return { wrong: AWAY };
  }
}

/** The token that a form of this page would send. */
export function csrfToken(): string {
  return document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
}
