/** What stayed and what is new between two versions of a text, in lines and in words. Pure. */

const MOST_COMPARED = 4_000_000;

/** For each of the old ones the place of the same one now, or -1: a longest common subsequence. */
export function matched(before: readonly string[], after: readonly string[]): number[] {
  const found = before.map(() => -1);
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) {
    found[start] = start;
    start += 1;
  }
  let [end, endAfter] = [before.length, after.length];
  while (end > start && endAfter > start && before[end - 1] === after[endAfter - 1]) {
    end -= 1;
    endAfter -= 1;
    found[end] = endAfter;
  }
  const [rows, columns] = [end - start, endAfter - start];
  if (rows * columns > MOST_COMPARED) return found; // nobody edits that much at once: all of it counts as new
  // lengths[i][j]: of the longest common part of what is left from i and j on.
  const lengths = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1));
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--)
      lengths[i]![j] =
        before[start + i] === after[start + j]
          ? lengths[i + 1]![j + 1]! + 1
          : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
  for (let i = 0, j = 0; i < rows && j < columns;) {
    if (before[start + i] === after[start + j]) found[start + i++] = start + j++;
    else if (lengths[i + 1]![j]! >= lengths[i]![j + 1]!) i += 1;
    else j += 1;
  }
  return found;
}

/**
 * Of the old ones that can be seen, the first of the longest run that is together still; of equal runs the upper.
 * Undefined when none of them is left.
 */
export function longestRun(seen: readonly number[], found: readonly number[]): number | undefined {
  let best: { first: number; length: number } | undefined;
  let run: { first: number; length: number } | undefined;
  seen.forEach((line, place) => {
    const now = found[line]!;
    const last = place > 0 ? seen[place - 1]! : undefined;
    if (now < 0) run = undefined;
    else if (run && last === line - 1 && found[last] === now - 1) run.length += 1;
    else run = { first: line, length: 1 };
    if (run && run.length > (best?.length ?? 0)) best = { ...run };
  });
  return best?.first;
}

/** For each new line that is not an old one the old one whose place it has, or -1: it is quite new. */
export function replaced(found: readonly number[], after: number): Map<number, number> {
  const from = new Map<number, number>();
  const kept = new Set(found.filter((now) => now >= 0));
  let [old, now] = [0, 0];
  while (now < after) {
    if (kept.has(now)) {
      old = found.indexOf(now) + 1;
      now += 1;
    } else if (old < found.length && found[old]! < 0) from.set(now++, old++);
    else from.set(now++, -1);
  }
  return from;
}

const WORD = /\S+/g;

/** Where in `after` the words stand that `before` has not, as [start, end) of its characters; neighbours are one. */
export function newWords(before: string, after: string): [start: number, end: number][] {
  const words = [...after.matchAll(WORD)];
  const known = new Set(
    matched(
      before.match(WORD) ?? [],
      words.map(([word]) => word),
    ),
  );
  const found: [number, number][] = [];
  words.forEach((word, place) => {
    if (known.has(place)) return;
    const last = found.at(-1);
    const end = word.index + word[0].length;
    if (last && place > 0 && !known.has(place - 1)) last[1] = end;
    else found.push([word.index, end]);
  });
  return found;
}
