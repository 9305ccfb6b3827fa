/** To the clipboard and from it. A copy carries its delta, so that it comes back as it was; others read the HTML. */

import { DOMSerializer, Fragment, Slice, type Node } from "@tiptap/pm/model";
import { Plugin, TextSelection, type EditorState, type Transaction } from "@tiptap/pm/state";
import type { EditorView } from "@tiptap/pm/view";
import { chosenLines, isCode, link } from "./commands";
import { linesOf, opsOf } from "./lines";
import { embedOf, embedText, lineAttributes, schema as ours } from "./nodes";
import { OWN, read, readText, type Parsed } from "./paste";
import { isInline } from "./schema";
import type { Attributes, Delta } from "./types";

/** Puts lines where the selection is. The first goes on where the caret is, unless its line is empty. */
export function insertLines(state: EditorState, delta: Delta): Transaction {
  const { tr, schema } = state;
  const isOpen = !endsLine(delta);
  const lines = linesOf(delta, schema);
  if (!lines.length) return tr;
  if (!isOpen) lines.push(schema.nodes.line!.create());
  const { $from } = tr.selection;
  const first = lineAttributes(lines[0]!);
  const empty = $from.parentOffset === 0 && (!$from.parent.content.size || !tr.selection.empty);
  if (empty && Object.keys(first).length)
    tr.setNodeMarkup($from.before(1), null, { attributes: { ...lineAttributes($from.parent), ...first } });
  tr.replaceSelection(new Slice(Fragment.from(lines), 1, 1));
  return tr.scrollIntoView().setMeta("paste", true);
}

function endsLine(delta: Delta): boolean {
  const insert = delta.at(-1)?.insert;
  return typeof insert === "string" && insert.endsWith("\n");
}

/** What a slice says without any format. */
export function sliceText(slice: Slice): string {
  const lines: string[] = [];
  slice.content.forEach((line) => lines.push(line.isInline ? inlineText(line) : lineText(line)));
  return slice.content.firstChild?.isInline ? lines.join("") : lines.join("\n");
}

const inlineText = (node: Node) =>
  node.isText ? node.text! : node.type.name === "break" ? "\n" : embedText(embedOf(node));

function lineText(line: Node): string {
  let text = "";
  line.forEach((node) => (text += inlineText(node)));
  return text;
}

/** HTML for elsewhere: real lists, quotes and code instead of lines that are drawn as such; and our delta. */
class Serializer extends DOMSerializer {
  private readonly plain = DOMSerializer.fromSchema(ours);

  override serializeFragment(
    fragment: Fragment,
    options: { document?: Document } = {},
    target?: HTMLElement | DocumentFragment,
  ): HTMLElement | DocumentFragment {
    const page = options.document ?? document;
    const into = target ?? page.createDocumentFragment();
    const lines: Node[] = [];
    fragment.forEach((line) => lines.push(line));
    if (lines[0]?.isInline) return this.plain.serializeFragment(fragment, options, target);
    const box = page.createElement("div");
    box.setAttribute(OWN, JSON.stringify(opsOf(lines)));
    for (const line of lines) box.append(this.line(line, page, box));
    into.appendChild(box);
    return into;
  }

  private line(line: Node, page: Document, box: HTMLElement): HTMLElement {
    const has: Attributes = lineAttributes(line);
    const tag = has.list
      ? "li"
      : has["code-block"]
        ? "pre"
        : typeof has.header === "number"
          ? `h${Math.min(6, has.header)}`
          : "p";
    const element = page.createElement(tag);
    element.append(this.plain.serializeFragment(line.content, { document: page }));
    if (!line.content.size) element.append(page.createElement("br"));
    if (tag !== "li") return wrapped(element, has.blockquote ? "blockquote" : undefined, page);
    const list = has.list === "ordered" ? "ol" : "ul";
    const last = box.lastElementChild;
    if (last?.nodeName.toLowerCase() === list) {
      last.append(element);
      return last as HTMLElement;
    }
    return wrapped(element, list, page);
  }
}

function wrapped(element: HTMLElement, name: string | undefined, page: Document): HTMLElement {
  if (!name) return element;
  const outer = page.createElement(name);
  outer.append(element);
  return outer;
}

export function copying(): Plugin {
  return new Plugin({
    props: {
      clipboardSerializer: new Serializer({}, {}),
      clipboardTextSerializer: sliceText,
      // Before ProseMirror, which would parse the clipboard by itself first.
      handleDOMEvents: {
        paste(view, event) {
          if (!view.editable || view.composing || !event.clipboardData) return false;
          event.preventDefault();
          paste(view, event.clipboardData);
          return true;
        },
        drop(view, event) {
          // What is moved inside is the editor's own affair; what comes from outside is read as if it were pasted.
          if (!view.editable || view.dragging || !event.dataTransfer) return false;
          event.preventDefault();
          drop(view, event, event.dataTransfer);
          return true;
        },
      },
    },
  });
}

function paste(view: EditorView, data: DataTransfer): void {
  const text = data.getData("text/plain");
  const html = data.getData("text/html");
  const { state } = view;
  if (!text && !html) return;
  if (!state.selection.empty && isInline("link", text.trim())) {
    link(text.trim())(state, view.dispatch);
    return;
  }
  const asText = !html || chosenLines(state).every(({ line }) => isCode(line));
  view.dispatch(insertLines(state, asText ? inCode(state, readText(text)) : read(parsed(html))));
}

function drop(view: EditorView, event: DragEvent, data: DataTransfer): void {
  const place = view.posAtCoords({ left: event.clientX, top: event.clientY });
  const html = data.getData("text/html");
  const delta = html ? read(parsed(html)) : readText(data.getData("text/plain"));
  if (!place || !delta.length) return;
  const caret = TextSelection.near(view.state.doc.resolve(place.pos));
  view.dispatch(view.state.tr.setSelection(caret));
  view.dispatch(insertLines(view.state, delta));
}

/**
 * The browser's parser makes a page of its own: nothing in it runs or is fetched. The page's policy would still complain
 * of each style in it, so they are read under another name.
 */
function parsed(html: string): Parsed {
  const quiet = html
    .replace(/<style[\s>][\s\S]*?<\/style>/gi, "")
    .replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/\sstyle(?=\s*=)/gi, " data-style"));
  return new DOMParser().parseFromString(quiet, "text/html").body as unknown as Parsed;
}

/** Lines pasted into code stay code. */
function inCode(state: EditorState, delta: Delta): Delta {
  const value = lineAttributes(state.selection.$from.parent)["code-block"];
  if (!value) return delta;
  return delta.flatMap(({ insert }) =>
    String(insert)
      .split(/(\n)/)
      .filter(Boolean)
      .map((part) =>
        part === "\n" ? { insert: part, attributes: { "code-block": value } } : { insert: part },
      ),
  );
}
