/**
 * A document as talking points: the HTML that the host's screen lays out, of the same few elements as those that the
 * server makes of Markdown, as if nothing had been suggested. Escaped by construction: text is text, a link goes to the web or to a mailbox.
 */

import { unsuggested } from "./suggestions";
import type { Attributes, Delta } from "./types";

interface Line {
  /** HTML of what stands in it. */
  html: string;
  attributes: Attributes;
}

const LINK = /^(?:https?:\/\/|mailto:)[^\s"'<>\\]+$/i;
/** Innermost last: the order in which marks are put around a text. */
const MARKS: readonly [name: string, tag: string][] = [
  ["code", "code"],
  ["strike", "s"],
  ["italic", "em"],
  ["bold", "strong"],
];

export function pointsHtml(document: Delta): string {
  const lines = linesOf(unsuggested(document));
  while (lines.length > 0 && lines.at(-1)!.html === "") lines.pop();
  const blocks: string[] = [];
  for (let place = 0; place < lines.length;) {
    const of = groupOf(lines[place]!);
    let end = place + 1;
    while (of !== "" && end < lines.length && groupOf(lines[end]!) === of) end++;
    const group = lines.slice(place, end);
    if (of === "list") blocks.push(listOf(group));
    else if (of === "code")
      blocks.push(`<pre><code>${group.map(({ html }) => html).join("\n")}</code></pre>`);
    else if (of === "quote")
      blocks.push(`<blockquote>${group.map(({ html }) => `<p>${html}</p>`).join("")}</blockquote>`);
    else blocks.push(blockOf(group[0]!));
    place = end;
  }
  return blocks.join("");
}

function groupOf({ attributes }: Line): "list" | "code" | "quote" | "" {
  if (attributes["code-block"]) return "code";
  if (attributes.list) return "list";
  return attributes.blockquote ? "quote" : "";
}

function blockOf({ html, attributes }: Line): string {
  if (html === "<hr>") return html;
  const level = attributes.header;
  const tag = typeof level === "number" && level >= 1 && level <= 6 ? `h${level}` : "p";
  return html ? `<${tag}>${html}</${tag}>` : "";
}

/** Bullets and numbers, as deep as they are indented; each kind of list at one depth is one element. */
function listOf(lines: readonly Line[]): string {
  const html: string[] = [];
  const open: string[] = [];
  const close = (depth: number) => {
    while (open.length > depth) html.push(`</li></${open.pop()}>`);
  };
  for (const { html: text, attributes } of lines) {
    const tag = attributes.list === "ordered" ? "ol" : "ul";
    const depth = Math.min(Number(attributes.indent ?? 0) || 0, open.length);
    close(depth + 1);
    if (open[depth] !== undefined && open[depth] !== tag) close(depth);
    if (open.length > depth) html.push("</li>");
    else {
      html.push(`<${tag}>`);
      open.push(tag);
    }
    const box = attributes.list === "checked" ? "☑ " : attributes.list === "unchecked" ? "☐ " : "";
    html.push(`<li>${box}${text}`);
  }
  close(0);
  return html.join("");
}

function linesOf(document: Delta): Line[] {
  const lines: Line[] = [];
  let html = "";
  for (const { insert, attributes = {} } of document) {
    if (typeof insert !== "string") {
      html += embedOf(insert ?? {});
      continue;
    }
    const parts = insert.split("\n");
    parts.forEach((part, place) => {
      if (part) html += marked(part, attributes);
      if (place < parts.length - 1) {
        lines.push({ html, attributes });
        html = "";
      }
    });
  }
  return lines;
}

function marked(text: string, attributes: Attributes): string {
  let html = escaped(text);
  for (const [name, tag] of MARKS) if (attributes[name] === true) html = `<${tag}>${html}</${tag}>`;
  const link = attributes.link;
  return typeof link === "string" && LINK.test(link)
    ? `<a href="${escaped(link)}" target="_blank" rel="noopener noreferrer nofollow">${html}</a>`
    : html;
}

/** Pictures are the product's own; a mention and a cue are read as their words. */
function embedOf(embed: Record<string, unknown>): string {
  if (embed.break) return "<br>";
  if (embed.divider) return "<hr>";
  if (typeof embed.cue === "string") return `<em>[${escaped(embed.cue)}]</em>`;
  const label = (embed.mention as { label?: unknown } | undefined)?.label;
  return typeof label === "string" ? escaped(label) : "";
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
