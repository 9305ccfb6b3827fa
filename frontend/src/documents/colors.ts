/** The colours that people are told apart by. Pure. */

/** How many colours there are; documents.css has a light and a dark one of each. */
export const COLORS = 8;

/** The colour of a person, the same everywhere; guests share theirs by window. */
export function colorOf(userId: number | null, window = ""): number {
  if (userId !== null) return userId % COLORS;
  return [...window].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % COLORS;
}
