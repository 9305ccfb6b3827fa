/** What is kept of one show for one person: enough to draw the host's screen without the server. */

import type { Question } from "../sessions/questions.svelte";
import type { Item, LiveState, SessionFacts } from "../sessions/types";

/** Of what is written below, the types of `sessions/types.ts` included: goes up when one of them gets a field that the
 * screen cannot do without. A record of another format is dropped, not read: the server has it all anyway. */
export const FORMAT = 2;

/** A "Got it" of a host whose screen was away: which message it was meant for, and the id that makes it count once. */
export interface Owed {
  messageId: string;
  opId: string;
}

/** What moves with every key press: about a kilobyte. */
export interface Moment {
  live: LiveState;
  can: { drive: boolean; acknowledge: boolean };
  /** When the server was last heard, by this machine's clock: milliseconds since 1970. */
  heardAt: number;
  owed: Owed | null;
  /** What the host reads of a viewer: `live` has its number only. */
  question: Question | null;
}

/** What seldom changes, and may be large. */
export interface Sheet {
  session: SessionFacts;
  items: readonly Item[];
}

export interface Kept extends Moment, Sheet {}

/** Two rows, so that a key press does not write the whole lineup again. */
export interface MomentRow extends Moment {
  format: number;
  personId: number;
  sessionId: number;
  savedAt: number;
}
export interface SheetRow extends Sheet {
  format: number;
}

export interface Owner {
  personId: number;
  sessionId: number;
}

export const keyOf = ({ personId, sessionId }: Owner): string => `${personId}:${sessionId}`;

export const momentRow = (owner: Owner, moment: Moment, savedAt: number): MomentRow => ({
  ...moment,
  ...owner,
  format: FORMAT,
  savedAt,
});

export const sheetRow = (sheet: Sheet): SheetRow => ({ ...sheet, format: FORMAT });

/** The two rows as one; undefined when something is missing, of another format, or somebody else's. */
export function read(owner: Owner, moment: unknown, sheet: unknown): Kept | undefined {
  if (!isMoment(moment) || !isSheet(sheet)) return undefined;
  if (moment.personId !== owner.personId || moment.sessionId !== owner.sessionId) return undefined;
  if (sheet.session.id !== owner.sessionId) return undefined;
  const { live, can, heardAt, owed, question } = moment;
  // An older record has no words of a question, which a screen can do without.
  return { live, can, heardAt, owed, question: question ?? null, session: sheet.session, items: sheet.items };
}

/** Shows kept of one person; of older ones nothing is left. */
export const MOST_KEPT = 4;

/** The keys that may go: other people's, other formats', and one's own but the newest few. */
export function stale(personId: number, rows: ReadonlyMap<string, unknown>): string[] {
  const mine = [...rows].flatMap(([key, row]) =>
    isMoment(row) && row.personId === personId ? [{ key, savedAt: row.savedAt }] : [],
  );
  mine.sort((a, b) => b.savedAt - a.savedAt);
  const kept = new Set(mine.slice(0, MOST_KEPT).map(({ key }) => key));
  return [...rows.keys()].filter((key) => !kept.has(key));
}

const formatted = (row: unknown): row is { format: number } =>
  typeof row === "object" && row !== null && (row as { format?: unknown }).format === FORMAT;

const isMoment = (row: unknown): row is MomentRow => formatted(row) && "live" in row && "personId" in row;
const isSheet = (row: unknown): row is SheetRow => formatted(row) && "session" in row && "items" in row;
