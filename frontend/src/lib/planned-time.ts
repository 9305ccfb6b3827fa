/** How long a product is planned to be on air, as people write it: `4:30`. */

import type { Reading } from "./money";

const DAY_SECONDS = 24 * 60 * 60;

/** 270 → `4:30`, 3700 → `1:01:40`. */
export function writeTime(seconds: number): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Seconds of `m:ss` or `h:mm:ss`. A number alone is refused: nobody knows whether it is minutes or seconds. */
export function readTime(typed: string): Reading<number> {
  const match = /^(?:(\d{1,2}):(?=\d\d:))?(\d{1,3}):([0-5]\d)$/.exec(typed.trim());
  if (!match || (match[1] !== undefined && Number(match[2]) > 59))
    return { problem: "Type minutes and seconds, such as 4:30" };
  const value = Number(match[1] ?? 0) * 3600 + Number(match[2]) * 60 + Number(match[3]);
  return value < 1 || value > DAY_SECONDS
    ? { problem: "The times of a product are between 1 second and 24 hours" }
    : { value };
}
