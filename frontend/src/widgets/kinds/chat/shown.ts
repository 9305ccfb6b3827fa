/** Which messages of a chat a widget shows. Pure. */

import type { StreamEvent } from "../../../streams/types";

export interface Wanted {
  limit: number;
  hide_commands: boolean;
  /** With commas between. */
  hide_names: string;
  leave_after_s: number;
}

/** `at`: now, in milliseconds; `cameAt`: when each came, by id. Oldest first. */
export function shown(
  talk: readonly StreamEvent[],
  wanted: Wanted,
  cameAt: ReadonlyMap<number, number>,
  at: number,
): readonly StreamEvent[] {
  const names = new Set(
    wanted.hide_names
      .split(",")
      .map((name) => name.trim().toLowerCase())
      .filter(Boolean),
  );
  const since = wanted.leave_after_s ? at - wanted.leave_after_s * 1000 : -Infinity;
  return talk
    .filter(
      ({ id, user, text = "" }) =>
        !(wanted.hide_commands && text.startsWith("!")) &&
        !names.has(user?.name.toLowerCase() ?? "") &&
        !names.has(user?.login?.toLowerCase() ?? "") &&
        (cameAt.get(id) ?? at) > since,
    )
    .slice(-wanted.limit);
}
