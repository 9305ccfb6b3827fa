/**
 * What comes from elsewhere becomes lines of ours: Word, Google Docs and Sheets, web pages, our own. Tables become lines
 * with tabs. What is mapped here gets in, and nothing else: no style, no script, no picture from somebody's disk.
 */

import { formatOf, isHidden, lineFormatOf, styleOf, type Style } from "./paste-styles";
import { push } from "./lines";
import { blockAttributes, isEmbed, isInline } from "./schema";
import { isName, plainAttributes } from "./suggestions";
import type { Attributes, Delta, Op } from "./types";

/** A node as the browser's parser makes it; of an element what is read of it. */
export interface Parsed {
  nodeType: number;
  nodeName: string;
  nodeValue: string | null;
  childNodes: Iterable<Parsed>;
  getAttribute?(name: string): string | null;
}

/** Where our own copies keep their delta. */
export const OWN = "data-cuelight-delta";

const BLOCKS = new Set(
  "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split(
    " ",
  ),
);
const NOTHING = new Set(
  "applet audio base button canvas colgroup embed frame frameset head iframe link map math meta noscript object param script select style svg template textarea title video".split(
    " ",
  ),
);

/** What an element's children inherit. */
interface Within {
  format: Attributes;
  line: Attributes;
  /** How deep the lists are nested. */
  lists: readonly string[];
  /** Whether spaces stand for themselves. */
  pre: boolean;
  /** In a paragraph, where a break is one inside a line; at other places it ends the line. */
  paragraph: boolean;
  cell: boolean;
}

/** The lines of a parsed page. Without a last newline where it was a piece of one line. */
export function read(root: Parsed): Delta {
  const own = ownDelta(root);
  if (own) return own;
  const reader = new Reader();
  reader.children(root, { format: {}, line: {}, lists: [], pre: false, paragraph: false, cell: false });
  return reader.finish();
}

/** The lines of a text, as they are. */
export function readText(text: string): Delta {
  const clean = text.replace(/\r\n?/g, "\n").replaceAll("\0", "").toWellFormed();
  return clean ? [{ insert: clean }] : [];
}

class Reader {
  private readonly ops: Op[] = [];
  /** The line that is being read. */
  private inside: Op[] = [];
  private line: Attributes = {};
  /** A space that is written when more follows: with the attributes of the text it was in. */
  private space?: Attributes;
  /** How many lines have ended. */
  private ends = 0;
  private cells = 0;

  children(node: Parsed, within: Within): void {
    for (const child of node.childNodes) {
      if (child.nodeType === 3) this.text(child.nodeValue ?? "", within);
      else if (child.nodeType === 1) this.element(child, within);
    }
  }

  finish(): Delta {
    if (this.inside.length && (this.ends > 0 || blockAttributes(this.line))) this.endLine();
    else for (const op of this.trimmed()) push(this.ops, op);
    return this.ends === 1 ? withoutEnd(this.ops) : this.ops;
  }

  private element(element: Parsed, within: Within): void {
    const name = element.nodeName.toLowerCase();
    const style = styleOf(element);
    if (NOTHING.has(name) || isHidden(element, style)) return;
    if (name === "br") return this.breakLine(within);
    if (name === "img") return this.picture(element, within);
    if (name === "input") return this.box(element);
    const inner: Within = {
      ...within,
      format: formatOf(name, element, style, within.format),
      pre: within.pre || name === "pre" || /^pre|break-spaces/.test(style["white-space"] ?? ""),
    };
    if (!BLOCKS.has(name)) return this.children(element, inner);
    this.block(name, element, style, inner);
  }

  private block(name: string, element: Parsed, style: Style, within: Within): void {
    if (name === "td" || name === "th") return this.cell(name, element, within);
    if (within.cell) {
      // Paragraphs of a cell stay in their row.
      if (this.inside.length) this.space ??= {};
      return this.children(element, within);
    }
    if (this.inside.length) this.endLine();
    if (name === "hr") {
      this.inside = [{ insert: { divider: true } }];
      return this.endLine();
    }
    const lists = name === "ul" || name === "ol" ? [...within.lists, name] : within.lists;
    const line = lineFormatOf(name, element, style, { ...within, lists });
    const ends = this.ends;
    this.line = line;
    const isLine = /^(p|h[1-6]|li|pre|dt|dd)$/.test(name);
    this.children(element, { ...within, line, lists, paragraph: within.paragraph || isLine });
    // An empty paragraph is an empty line; a list item that only held a list is none.
    if (this.inside.length || (isLine && this.ends === ends)) this.endLine();
    this.line = within.line;
  }

  private cell(name: string, element: Parsed, within: Within): void {
    if (this.cells++ > 0) push(this.inside, { insert: "\t" });
    this.space = undefined;
    const format = name === "th" ? { ...within.format, bold: true } : within.format;
    this.children(element, { ...within, format, cell: true });
    this.space = undefined;
  }

  private text(text: string, within: Within): void {
    const clean = text.replaceAll("\0", "").toWellFormed();
    if (within.pre && !within.cell)
      return this.lines(clean.replace(/\r\n?/g, "\n").replaceAll("\u00a0", " "), within);
    const words = clean.replace(/[\s\u00a0]+/g, " ");
    if (words.startsWith(" ")) this.space ??= within.format;
    const rest = words.trim();
    if (!rest) return;
    this.writeSpace();
    push(this.inside, { insert: rest, attributes: within.format });
    if (words.endsWith(" ")) this.space = within.format;
  }

  private writeSpace(): void {
    const { insert } = this.inside.at(-1) ?? {};
    const opens = insert === undefined || (typeof insert === "string" ? insert.endsWith("\t") : insert.break);
    if (this.space && !opens) push(this.inside, { insert: " ", attributes: this.space });
    this.space = undefined;
  }

  private lines(text: string, within: Within): void {
    this.writeSpace();
    const { code, ...plain } = within.format;
    const attributes = within.line["code-block"] ? plain : within.format;
    text.split("\n").forEach((part, index) => {
      if (index > 0) this.endLine();
      if (part) push(this.inside, { insert: part, attributes });
    });
  }

  private breakLine(within: Within): void {
    this.space = undefined;
    if (within.cell) this.space ??= {};
    else if (within.pre && within.line["code-block"]) this.endLine();
    else if (within.paragraph) push(this.inside, { insert: { break: true } });
    else this.endLine();
  }

  private picture(element: Parsed, within: Within): void {
    const image = element.getAttribute?.("src") ?? "";
    const alt = element.getAttribute?.("alt") ?? "";
    if (!isEmbed("image", image) || within.line.list === "checked" || within.line.list === "unchecked")
      return;
    const attributes = { ...within.format, ...(isInline("alt", alt) ? { alt } : {}) };
    push(this.inside, { insert: { image }, attributes });
  }

  private box(element: Parsed): void {
    if (element.getAttribute?.("type") !== "checkbox" || this.inside.length) return;
    this.line = { ...this.line, list: element.getAttribute("checked") === null ? "unchecked" : "checked" };
  }

  private endLine(): void {
    for (const op of this.trimmed()) push(this.ops, op);
    push(this.ops, { insert: "\n", attributes: blockAttributes(this.line) });
    this.inside = [];
    this.space = undefined;
    this.ends += 1;
    this.cells = 0;
  }

  /** A line without the break that only kept it open. */
  private trimmed(): Op[] {
    const ops = [...this.inside];
    const last = ops.at(-1);
    if (typeof last?.insert === "object" && last.insert.break) ops.pop();
    return ops;
  }
}

/** Of one plain line only what is in it counts: it goes into the line where it is put. */
function withoutEnd(ops: readonly Op[]): Op[] {
  const last = ops.at(-1)!;
  if (typeof last.insert !== "string" || last.attributes) return [...ops];
  const rest = last.insert.slice(0, -1);
  return [...ops.slice(0, -1), ...(rest ? [{ insert: rest }] : [])];
}

/** The delta of a copy of our own, without what the server would refuse. */
function ownDelta(root: Parsed): Delta | undefined {
  const text = attributeIn(root, OWN);
  if (!text) return undefined;
  try {
    const ops: Op[] = [];
    for (const op of JSON.parse(text) as unknown[]) {
      const kept = ownOp(op);
      if (kept) push(ops, kept);
    }
    return ops;
  } catch {
    return undefined;
  }
}

function ownOp(op: unknown): Op | undefined {
  if (typeof op !== "object" || op === null) return undefined;
  const { insert, attributes } = op as Op;
  const given = typeof attributes === "object" && attributes ? attributes : {};
  const lined = typeof insert === "string" && /^\n+$/.test(insert);
  const kept = Object.entries(given).filter(
    ([name, value]) => isInline(name, value) && name !== "comment" && !isName(name),
  );
  const all = { ...Object.fromEntries(kept), ...(lined ? plainAttributes(blockAttributes(given)) : {}) };
  if (typeof insert === "string") return insert ? { ...readText(insert)[0]!, attributes: all } : undefined;
  const [name, value] = Object.entries(insert ?? {})[0] ?? ["", undefined];
  return isEmbed(name, value) ? { insert: { [name]: value }, attributes: all } : undefined;
}

function attributeIn(node: Parsed, name: string): string | undefined {
  for (const child of node.childNodes) {
    const found = child.getAttribute?.(name) ?? attributeIn(child, name);
    if (found) return found;
  }
  return undefined;
}
