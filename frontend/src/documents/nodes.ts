/**
 * The document as the editor holds it: flat. One textblock is one line, and its attributes are those of its newline;
 * what stands in a line is text, a break or an embed, with a mark for each attribute. Lists are lines with `list` and
 * `indent`, drawn as lists by documents.css: nested nodes would need to know which item continues which list, which two
 * people can contradict at once. What this version does not know is kept as it is.
 */

import { getSchema, Mark, Node, type Extensions } from "@tiptap/core";
import type { DOMOutputSpec, Mark as PMMark, Node as PMNode } from "@tiptap/pm/model";
import { colorOf } from "./colors";
import { isBlock, isInline, isMention, type Inline } from "./schema";
import { authorOf } from "./suggestions";
import type { Attributes } from "./types";

/** An attribute that is no part of the DOM. */
const hidden = (value: unknown) => ({ default: value, rendered: false });

const Doc = Node.create({ name: "doc", topNode: true, content: "line+" });
const Text = Node.create({ name: "text", group: "inline" });

const Line = Node.create({
  name: "line",
  content: "inline*",
  defining: false,
  // What a newline carries; null: nothing.
  addAttributes: () => ({ attributes: hidden(null) }),
  parseHTML: () => [
    ...[1, 2, 3, 4, 5, 6].map((header) => ({ tag: `h${header}`, attrs: { attributes: { header } } })),
    { tag: "p" },
    { tag: "div" },
  ],
  renderHTML: ({ node }) => lineDOM(node),
});

/** The attributes of a line; an object also where there are none. */
export function lineAttributes(line: PMNode): Attributes {
  return (line.attrs.attributes as Attributes | null) ?? {};
}

function lineDOM(line: PMNode): DOMOutputSpec {
  const has = lineAttributes(line);
  const known = (name: string) => (isBlock(name, has[name]) ? has[name] : undefined);
  const code = known("code-block");
  const classes = ["line", ...(code ? ["code"] : []), ...(known("blockquote") ? ["quote"] : [])];
  const shown: Record<string, string> = { class: classes.join(" ") };
  if (known("list")) shown["data-list"] = String(known("list"));
  if (known("indent")) shown["data-indent"] = String(known("indent"));
  if (known("align")) shown["data-align"] = String(known("align"));
  if (known("direction")) shown.dir = String(known("direction"));
  if (code) shown.spellcheck = "false";
  // A newline is drawn by the line that it ends.
  const suggested = known("deleted") ?? known("inserted");
  if (suggested) {
    shown.class += ` ${suggestionColor(suggested)}`;
    shown["data-newline"] = known("deleted") ? "deleted" : "inserted";
    shown["data-suggestion"] = String(suggested);
  }
  if (typeof code === "string") shown["data-language"] = code;
  return [known("header") ? `h${known("header")}` : "p", shown, 0];
}

const Break = Node.create({
  name: "break",
  group: "inline",
  inline: true,
  selectable: false,
  parseHTML: () => [{ tag: "br" }],
  renderHTML: () => ["br"],
  renderText: () => "\n",
});

/** Everything else of length one: `embed` is the delta's own object. */
const Embedded = Node.create({
  name: "embed",
  group: "inline",
  inline: true,
  atom: true,
  draggable: true,
  addAttributes: () => ({ embed: hidden({ cue: "" }) }),
  renderHTML: ({ node }) => embedDOM(embedOf(node)),
  renderText: ({ node }) => embedText(embedOf(node)),
});

/** The type of an embed and its value. */
export function embedOf(node: PMNode): [name: string, value: unknown] {
  if (node.type.name === "break") return ["break", true];
  return Object.entries(node.attrs.embed as Attributes)[0] ?? ["", undefined];
}

/** What an embed says where there is only text. */
export function embedText([name, value]: [string, unknown]): string {
  if (name === "mention" && isMention(value))
    return value.kind === "person" ? `@${value.label}` : value.label;
  if (name === "cue") return `[${String(value)}]`;
  if (name === "divider") return "———";
  return "";
}

function embedDOM([name, value]: [string, unknown]): DOMOutputSpec {
  if (name === "divider") return ["span", { class: "divider", role: "separator" }];
  if (name === "image") return ["img", { class: "picture", src: String(value), alt: "" }];
  if (name === "cue") return ["span", { class: "cue-chip" }, String(value)];
  if (name === "mention" && isMention(value))
    return ["span", { class: `mention ${value.kind}` }, embedText([name, value])];
  return ["span", { class: "unknown-embed", title: `This version cannot show “${name}”.` }, "▢"];
}

const suggestionColor = (id: unknown) => `color-${colorOf(authorOf(id) ?? null)}`;
const suggestionDOM = (tag: "ins" | "del", id: unknown): DOMOutputSpec => [
  tag,
  { class: suggestionColor(id), "data-suggestion": String(id) },
  0,
];

const safe = (href: unknown) => (isInline("link", href) ? String(href) : "");

const MARKS: Partial<Record<Inline, { tags: string[]; draw: (value: unknown) => DOMOutputSpec }>> = {
  deleted: { tags: [], draw: (id) => suggestionDOM("del", id) },
  inserted: { tags: [], draw: (id) => suggestionDOM("ins", id) },
  link: {
    tags: [],
    draw: (href) => ["a", { href: safe(href), rel: "noopener noreferrer nofollow", target: "_blank" }, 0],
  },
  comment: { tags: [], draw: (id) => ["span", { "data-comment": String(id) }, 0] },
  bold: { tags: ["strong", "b"], draw: () => ["strong", 0] },
  italic: { tags: ["em", "i"], draw: () => ["em", 0] },
  underline: { tags: ["u"], draw: () => ["u", 0] },
  strike: { tags: ["s", "del", "strike"], draw: () => ["s", 0] },
  script: { tags: [], draw: (value) => [value === "sub" ? "sub" : "sup", 0] },
  color: { tags: [], draw: (value) => ["span", { style: `color: ${String(value)}` }, 0] },
  background: { tags: [], draw: (value) => ["span", { style: `background-color: ${String(value)}` }, 0] },
  font: { tags: [], draw: (value) => ["span", { class: `font-${String(value)}` }, 0] },
  size: { tags: [], draw: (value) => ["span", { class: `size-${String(value)}` }, 0] },
  code: { tags: ["code"], draw: () => ["code", { spellcheck: "false" }, 0] },
};
/** Typed at their end, a letter does not belong to them. */
const NOT_INCLUSIVE = new Set(["link", "comment", "inserted", "deleted"]);

const marks = Object.entries(MARKS).map(([name, { tags, draw }]) =>
  Mark.create({
    name,
    inclusive: !NOT_INCLUSIVE.has(name),
    addAttributes: () => ({ value: hidden(true) }),
    parseHTML: () => tags.map((tag) => ({ tag })),
    renderHTML: ({ mark }) => draw(mark.attrs.value),
  }),
);

/** An attribute without a mark of its own: of a picture, of a newer version, or a value that this one does not know. */
const Other = Mark.create({
  name: "other",
  inclusive: false,
  excludes: "",
  addAttributes: () => ({ name: hidden(""), value: hidden(null) }),
  renderHTML: () => ["span", 0],
});

export const EXTENSIONS: Extensions = [Doc, Text, Line, Break, Embedded, ...marks, Other];
export const schema = getSchema(EXTENSIONS);

/** The mark of an attribute, in a schema that is like ours. */
export function markOf(name: string, value: unknown, of = schema): PMMark {
  const type = Object.hasOwn(MARKS, name) && isInline(name, value) ? of.marks[name] : undefined;
  return type ? type.create({ value }) : of.marks.other!.create({ name, value });
}

/** The attribute of a mark. */
export function attributeOf(mark: PMMark): [name: string, value: unknown] {
  return [mark.type.name === "other" ? String(mark.attrs.name) : mark.type.name, mark.attrs.value];
}
