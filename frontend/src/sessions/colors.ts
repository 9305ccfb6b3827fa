/** How the colors of messages look on the console. */

import type { Color } from "./types";

export const COLOR_VALUES: Readonly<Record<Color, string>> = {
  amber: "#ffb224",
  blue: "#6cb2ff",
  green: "#4ade80",
  red: "#e5484d",
  purple: "#b794f6",
  gray: "#a8abb2",
};
