/** What the elements and styles of other programs mean here. */

import type { Parsed } from "./paste";
import { isInline } from "./schema";
import type { Attributes } from "./types";

export type Style = Record<string, string>;

/** An element's own style, by name; not what a style sheet says. */
export function styleOf(element: Parsed): Style {
  const text = element.getAttribute?.("data-style") ?? element.getAttribute?.("style") ?? "";
  const style: Style = Object.create(null) as Style;
  for (const part of text.split(";")) {
    const colon = part.indexOf(":");
    if (colon > 0) style[part.slice(0, colon).trim().toLowerCase()] = part.slice(colon + 1).trim();
  }
  return style;
}

/** What a reader of the original did not see: Word writes a list's signs as text, and comments beside it. */
export function isHidden(element: Parsed, style: Style): boolean {
  return (
    style.display === "none" ||
    /^ignore$/i.test(style["mso-list"] ?? "") ||
    style["mso-element"] === "comment-list" ||
    element.getAttribute?.("class") === "Apple-interchange-newline"
  );
}

const TAGS: Record<string, Attributes> = {
  b: { bold: true },
  strong: { bold: true },
  i: { italic: true },
  em: { italic: true },
  cite: { italic: true },
  u: { underline: true },
  ins: { underline: true },
  s: { strike: true },
  del: { strike: true },
  strike: { strike: true },
  code: { code: true },
  kbd: { code: true },
  samp: { code: true },
  tt: { code: true },
  sub: { script: "sub" },
  sup: { script: "super" },
  mark: { background: "#ffe58a" },
};

/** The attributes of an element's text. */
export function formatOf(name: string, element: Parsed, style: Style, within: Attributes): Attributes {
  const format: Attributes = { ...within, ...(Object.hasOwn(TAGS, name) ? TAGS[name] : {}) };
  const href = name === "a" ? element.getAttribute?.("href") : undefined;
  if (isInline("link", href)) {
    format.link = href;
    delete format.underline;
  }
  switched(format, "bold", style["font-weight"], (weight) => /^(bold|bolder|[6-9]00)$/.test(weight));
  switched(format, "italic", style["font-style"], (slant) => /^(italic|oblique)/.test(slant));
  const line = style["text-decoration"] ?? style["text-decoration-line"];
  if (line && /underline/.test(line) && !format.link) format.underline = true;
  if (line && /line-through/.test(line)) format.strike = true;
  if (style["vertical-align"] === "super") format.script = "super";
  if (style["vertical-align"] === "sub") format.script = "sub";
  const highlight = colored(style["background-color"] ?? style["mso-highlight"] ?? style.background);
  if (highlight) format.background = highlight;
  const color = colored(style.color);
  if (color && !format.link) format.color = color;
  // A heading is as bold as it is.
  if (/^h[1-6]$/.test(name)) delete format.bold;
  return format;
}

function switched(
  format: Attributes,
  name: string,
  value: string | undefined,
  isOn: (value: string) => boolean,
): void {
  if (value === undefined || value === "inherit") return;
  if (isOn(value)) format[name] = true;
  else delete format[name];
}

/** A colour that somebody chose; black, white and greys are those of the page they were written on. */
function colored(value: string | undefined): string | undefined {
  if (!value) return undefined;
  if (/^(yellow|aqua|lime|fuchsia|red|green|blue|teal|purple|orange|magenta|cyan)$/i.test(value))
    return value.toLowerCase();
  const rgb = /^rgba?\((\d+)[, ]+(\d+)[, ]+(\d+)(?:[,/ ]+([\d.]+))?\)$/.exec(value);
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(value);
  const parts = rgb?.slice(1, 4).map(Number) ?? hex?.slice(1).map((part) => parseInt(part, 16));
  if (!parts || (rgb?.[4] !== undefined && Number(rgb[4]) === 0) || parts.some((part) => part > 255))
    return undefined;
  if (Math.max(...parts) - Math.min(...parts) < 48) return undefined;
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

interface Within {
  line: Attributes;
  lists: readonly string[];
}

/** The attributes of the line that a block element makes. */
export function lineFormatOf(name: string, element: Parsed, style: Style, within: Within): Attributes {
  const line: Attributes = { ...within.line };
  const kind = element.getAttribute?.("class") ?? "";
  const heading = /^h([1-6])$/.exec(name)?.[1] ?? /\bMsoHeading([1-6])\b/.exec(kind)?.[1];
  if (/\bMsoTitle\b/.test(kind)) line.header = 1;
  else if (/\bMsoSubtitle\b/.test(kind)) line.header = 2;
  else if (heading) line.header = Number(heading);
  if (name === "blockquote" || /\bMso(Intense)?Quote\b/.test(kind)) line.blockquote = true;
  if (name === "pre") line["code-block"] = true;
  const align = style["text-align"] ?? element.getAttribute?.("align") ?? "";
  if (/^(center|right|justify)$/.test(align)) line.align = align;
  else if (align === "end") line.align = "right";
  if (element.getAttribute?.("dir") === "rtl" || style.direction === "rtl") line.direction = "rtl";
  if (name === "li") item(line, element, within.lists);
  const word = /\bl\d+ level(\d+)/.exec(style["mso-list"] ?? "");
  if (word) wordItem(line, element, Number(word[1]));
  return line;
}

function item(line: Attributes, element: Parsed, lists: readonly string[]): void {
  line.list = lists.at(-1) === "ol" ? "ordered" : "bullet";
  const checked = element.getAttribute?.("aria-checked") ?? element.getAttribute?.("data-checked");
  if (checked === "true" || checked === "false") line.list = checked === "true" ? "checked" : "unchecked";
  level(line, lists.length);
}

/** Word's list items are paragraphs; their sign stands in a piece of text that is to be ignored. */
function wordItem(line: Attributes, element: Parsed, depth: number): void {
  line.list = /^\(?(\d+|[a-z]|[ivx]+)[.)]/i.test(signOf(element).trim()) ? "ordered" : "bullet";
  level(line, depth);
}

function level(line: Attributes, depth: number): void {
  if (depth > 1) line.indent = Math.min(depth - 1, 8);
  else delete line.indent;
}

function signOf(node: Parsed): string {
  for (const child of node.childNodes) {
    if (child.nodeType !== 1) continue;
    if (/^ignore$/i.test(styleOf(child)["mso-list"] ?? "")) return textOf(child);
    const found = signOf(child);
    if (found) return found;
  }
  return "";
}

function textOf(node: Parsed): string {
  if (node.nodeType === 3) return node.nodeValue ?? "";
  return [...node.childNodes].map(textOf).join("");
}
