/** What a settings page is told of a kind (`schema.py`, `settings_views.py`, `files.py`). Types, and small pure rules. */

import type { Frame, Settings } from "../types";

export type Changes = Readonly<Record<string, unknown>>;

export interface FieldRow {
  name: string;
  control:
    "number" | "color" | "switch" | "text" | "template" | "choice" | "font" | "sound" | "image" | "css";
  label: string;
  hint: string;
  group: string;
  default: unknown;
  least?: number;
  most?: number;
  unit?: string;
  /** Value → what it is called. */
  options?: Readonly<Record<string, string>>;
  /** What may stand in braces. */
  words?: readonly string[];
}

export interface PresetRow {
  name: string;
  settings: Changes;
}

export interface FileRow {
  id: number;
  kind: "sound" | "image";
  name: string;
  address: string;
  /** Bytes. */
  size: number;
}

export interface KindRow {
  type: string;
  name: string;
  says: string;
  /** Pixels of a new box on a canvas of 1920×1080. */
  width: number;
  height: number;
  frames: readonly Frame[];
}

export interface Group {
  name: string;
  fields: readonly FieldRow[];
}

const LAST = ["Look", "Motion", "Sound", "Custom CSS"];

/** A kind's own groups in their order, then what all have. */
export function groups(fields: readonly FieldRow[]): Group[] {
  const byName = new Map<string, FieldRow[]>();
  for (const field of fields) {
    const name = field.group || "Content";
    byName.set(name, [...(byName.get(name) ?? []), field]);
  }
  const own = [...byName.keys()].filter((name) => !LAST.includes(name));
  return [...own, ...LAST]
    .filter((name) => byName.has(name))
    .map((name) => ({ name, fields: byName.get(name)! }));
}

const COLOR = /^#(?:[0-9a-f]{6}|[0-9a-f]{8})$/i;

/** Whether a preview can be drawn with a value. The server alone decides whether it is kept, and says why not. */
export function fits({ control, least, most, options }: FieldRow, value: unknown): boolean {
  if (control === "switch") return typeof value === "boolean";
  if (control === "number")
    return Number.isInteger(value) && (value as number) >= least! && (value as number) <= most!;
  if (typeof value !== "string") return false;
  if (control === "color") return COLOR.test(value);
  return control === "choice" || control === "font" ? value in options! : true;
}

/** A number as it is typed: what is none stays text, so that the server says what it expected. */
export function typedNumber(text: string): number | string {
  const trimmed = text.trim();
  return /^-?\d{1,15}$/.test(trimmed) ? Number(trimmed) : trimmed;
}

/** A colour for the browser's own field, and how solid it is: 0 to 100. */
export function colorParts(value: unknown): { rgb: string; solid: number } {
  const text = typeof value === "string" && COLOR.test(value) ? value.toLowerCase() : "#000000";
  const alpha = text.length === 9 ? parseInt(text.slice(7), 16) : 255;
  return { rgb: text.slice(0, 7), solid: Math.round((alpha / 255) * 100) };
}

/** `#rrggbb`, with two digits more where it is not all solid. */
export function colorOf(rgb: string, solid: number): string {
  if (solid >= 100) return rgb;
  const alpha = Math.round((Math.max(solid, 0) / 100) * 255);
  return rgb + alpha.toString(16).padStart(2, "0");
}

/** Whether a look is the one that is chosen. */
export function isChosen(preset: PresetRow, values: Settings): boolean {
  return Object.entries(preset.settings).every(([name, value]) => values[name] === value);
}

/** The classes that one's own CSS can name: those of the widget's own style, in their order. */
export function classNames(css: string): string[] {
  const heads = css.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\{[^{}]*\}/g, "{}");
  return [...new Set([...heads.matchAll(/\.(-?[a-z_][\w-]*)/gi)].map(([, name]) => name!))];
}

/** "812 KB", "2.4 MB". */
export function bytes(size: number): string {
  return size < 1_000_000
    ? `${Math.max(1, Math.round(size / 1000))} KB`
    : `${(size / 1_000_000).toFixed(1)} MB`;
}
