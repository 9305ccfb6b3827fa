/** Settings of a widget as custom properties of its root. Pure. */

import type { Look } from "./types";

/** The same as in `cuelight/widgets/fields.py`: fonts that stand on the machine, nothing is loaded. */
const FONTS: Readonly<Record<string, string>> = {
  system: "system-ui, sans-serif",
  grotesque: '"Helvetica Neue", Arial, sans-serif',
  humanist: '"Segoe UI", Candara, "Gill Sans", sans-serif',
  geometric: 'Futura, "Century Gothic", "Avenir Next", sans-serif',
  condensed: '"Arial Narrow", "Roboto Condensed", Impact, sans-serif',
  serif: 'Georgia, "Times New Roman", serif',
  slab: 'Rockwell, "Roboto Slab", "Courier New", serif',
  mono: "ui-monospace, Menlo, Consolas, monospace",
};

/** `--text`, `--accent`, `--bg`, `--radius`, `--font`, `--size`: what one's own CSS may use, too. */
export function properties(look: Look): Record<string, string> {
  return {
    "--text": look.text,
    "--accent": look.accent,
    "--bg": look.background,
    "--radius": `${look.radius}px`,
    "--font": FONTS[look.font] ?? FONTS["system"]!,
    "--size": `${look.size / 100}`,
  };
}
