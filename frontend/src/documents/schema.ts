/**
 * What a document may hold: the attributes with their values, and the embeds. The server's table
 * (`cuelight/documents/schema.py`) in the browser's words; a recorded contract keeps them alike.
 */

import type { Attributes } from "./types";

type Check = (value: unknown) => boolean;

/** UTF-16 units of a text value. */
const MOST_VALUE = 2000;

const COLOR = /^(?:#(?:[0-9a-f]{3}|[0-9a-f]{6})|[a-z]{3,20})$/i;
const LINK = /^(?:https?:\/\/|mailto:)[^\s"'<>\\]+$/i;
const PICTURE = /^(?:https?:\/\/|\/media\/)[^\s"'<>\\]+$/i;
const LANGUAGE = /^[a-z0-9+#.-]{1,30}$/;
const AUTHOR = /^[1-9][0-9]{0,15}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const isTrue: Check = (value) => value === true;
const oneOf =
  (...values: string[]): Check =>
  (value) =>
    typeof value === "string" && values.includes(value);
const whole =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && least <= (value as number) && (value as number) <= most;
const like =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === "string" && value.length <= MOST_VALUE && !value.endsWith("\n") && pattern.test(value);
/** Whose it is and which: a person's id and a UUID. */
const isSuggestion: Check = (value) => {
  const [, author, number] = (typeof value === "string" && /^([^:]*):(.*)$/s.exec(value)) || [];
  return author !== undefined && AUTHOR.test(author) && like(UUID)(number);
};
const text =
  (most: number): Check =>
  (value) =>
    typeof value === "string" &&
    value !== "" &&
    value.length <= most &&
    value.isWellFormed() &&
    !value.includes("\0");

/** Of anything: text, embeds and newlines (`suggestions`). */
export const SUGGESTED = { inserted: isSuggestion, deleted: isSuggestion };

/** Of text and of embeds. */
export const INLINE = {
  bold: isTrue,
  italic: isTrue,
  underline: isTrue,
  strike: isTrue,
  code: isTrue,
  script: oneOf("sub", "super"),
  link: like(LINK),
  color: like(COLOR),
  background: like(COLOR),
  font: oneOf("serif", "monospace"),
  size: oneOf("small", "large", "huge"),
  comment: like(UUID),
  alt: text(500),
  width: whole(16, 4000),
  ...SUGGESTED,
} satisfies Record<string, Check>;

/** Of a line; they stand on its newline. */
export const BLOCK = {
  header: whole(1, 6),
  align: oneOf("center", "right", "justify"),
  list: oneOf("bullet", "ordered", "checked", "unchecked"),
  indent: whole(1, 8),
  direction: oneOf("rtl"),
  blockquote: isTrue,
  "code-block": (value) => value === true || like(LANGUAGE)(value),
  ...SUGGESTED,
} satisfies Record<string, Check>;

export type Inline = keyof typeof INLINE;
export type Block = keyof typeof BLOCK;

export interface Mention {
  kind: "person" | "product";
  id: number;
  label: string;
}

const MENTION: Record<keyof Mention, Check> = {
  kind: oneOf("person", "product"),
  id: whole(1, Number.MAX_SAFE_INTEGER),
  label: text(200),
};

/** Whether a value is a mention of somebody or something. */
export function isMention(value: unknown): value is Mention {
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 3) return false;
  return Object.entries(MENTION).every(([name, check]) => check((value as Attributes)[name]));
}

/** By type. `break` is a line break inside a line, `cue` a chip with a stage direction. */
export const EMBEDS = {
  break: isTrue,
  divider: isTrue,
  image: like(PICTURE),
  mention: isMention,
  cue: text(200),
} satisfies Record<string, Check>;

export type Embed = keyof typeof EMBEDS;

const has = (table: object, name: string) => Object.prototype.hasOwnProperty.call(table, name);

/** Whether the server would take this attribute of text. */
export function isInline(name: string, value: unknown): boolean {
  return has(INLINE, name) && INLINE[name as Inline](value);
}

/** Whether the server would take this attribute of a line. */
export function isBlock(name: string, value: unknown): boolean {
  return has(BLOCK, name) && BLOCK[name as Block](value);
}

/** Whether the server would take this embed. */
export function isEmbed(name: string, value: unknown): boolean {
  return has(EMBEDS, name) && EMBEDS[name as Embed](value);
}

/** Those attributes of a line that it may have; undefined where none is left. */
export function blockAttributes(attributes: Attributes | undefined): Attributes | undefined {
  const kept = Object.entries(attributes ?? {}).filter(([name, value]) => isBlock(name, value));
  return kept.length ? Object.fromEntries(kept) : undefined;
}
