/** Colors of names, made to be read; and of platforms. Pure. */

/** What names stand on where they are hardest to read: a question that is pointed at, `--info` over `--raised`. */
const GROUND = "#303c4a";
export const READABLE = 4.5;

/** For who has none of their own: told apart by their name. */
const OWN = ["#ff8a80", "#ffb867", "#f2d45c", "#8bd17c", "#5fd3c0", "#6cb2ff", "#a79bff", "#f08fd0"];

type Rgb = readonly [number, number, number];

const rgb = (color: string): Rgb =>
  [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)) as unknown as Rgb;
const hex = (color: Rgb): string =>
  `#${color.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;

/** By WCAG 2.2: 0 to 1. */
function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((part) =>
    part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(rgb(one)), luminance(rgb(other))].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

const known = new Map<string, string>();

/** The color, as much lighter as it takes to be read on the dark surface. */
export function readable(color: string): string {
  const found = known.get(color);
  if (found) return found;
  const from = rgb(color);
  let made = color;
  for (let share = 0; contrast(made, GROUND) < READABLE && share <= 1; share += 0.05)
    made = hex(from.map((part) => part + (255 - part) * share) as unknown as Rgb);
  // Strangers choose them: sixteen million would fit.
  if (known.size > 2_000) known.clear();
  known.set(color, made);
  return made;
}

/** The color a name is written in: the viewer's own where the platform tells it. */
export function nameColor(name: string, color = ""): string {
  if (/^#[0-9a-f]{6}$/i.test(color)) return readable(color.toLowerCase());
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)!) % 65_521;
  return OWN[sum % OWN.length]!;
}
