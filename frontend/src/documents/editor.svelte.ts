/** The editor of one document: ProseMirror inside, and what the parts around it show and do. */

import { Editor, Extension } from "@tiptap/core";
import { Plugin, TextSelection, type Command, type EditorState } from "@tiptap/pm/state";
import { Binding, isLong, MARKS, type Edits } from "./binding";
import { Cards, chips, type Card } from "./chips";
import { besideDivider, embed, linesAre, link, linkAt, linkRange } from "./commands";
import { Commenting } from "./comments-marks";
import { copying } from "./copying";
import { keyboard, keyNamed, type Around } from "./keyboard";
import { positionOf } from "./lines";
import { markdownShortcuts } from "./markdown-shortcuts";
import { EXTENSIONS, lineAttributes } from "./nodes";
import { outlineOf, wordsOf, type Heading } from "./outline";
import type { Block, Mention } from "./schema";
import { SuggestionDesk } from "./suggestions-desk.svelte";
import { mentionList, mentionListKey, type Asked, type ListKey } from "./mention-list";

export interface EditorOptions {
  edits: Edits;
  around: Around;
  products: (ids: number[]) => Promise<Card[]>;
  /** The accessible name of the text. */
  label: string;
  /** Whose suggestions are made here: a person's id. */
  person: number;
}

/** Milliseconds after which words are counted and headings listed again. */
const SETTLED_MS = 250;

export class DocumentEditor {
  /** ProseMirror's state, anew after each transaction. */
  state = $state.raw<EditorState>();
  isFocused = $state(false);
  isEditable = $state(false);
  loaded = $state(false);
  words = $state(0);
  outline = $state.raw<Heading[]>([]);
  readonly binding: Binding;
  readonly cards: Cards;
  readonly suggestions: SuggestionDesk;
  readonly commenting = new Commenting();
  /** Set by the list of mentions while it is open. */
  onListKey: (key: ListKey) => boolean = () => false;

  private readonly around: Around;
  private hasCaret = false;
  private editor?: Editor;
  private settle?: ReturnType<typeof setTimeout>;

  constructor(private readonly options: EditorOptions) {
    this.binding = new Binding(options.edits, () => {
      this.loaded = true;
      this.settled();
    });
    this.cards = new Cards(options.products);
    this.suggestions = new SuggestionDesk(this, options.person);
    this.around = { ...options.around, undo: this.binding.undo, redo: this.binding.redo };
  }

  readonly asked: Asked | null = $derived(
    (this.state && this.isEditable && mentionListKey.getState(this.state)?.asked) || null,
  );
  readonly header = $derived.by(() => {
    const line = this.state?.selection.$from.node(1);
    const level = line && lineAttributes(line).header;
    return typeof level === "number" ? level : 0;
  });

  /** Whether the line or text at the selection has this. */
  is(name: Block, value: unknown): boolean {
    return this.state ? linesAre(this.state, name, value) : false;
  }
  has(name: string): boolean {
    const { state } = this;
    const type = state?.schema.marks[name];
    if (!state || !type) return false;
    const { from, to, empty } = state.selection;
    return empty
      ? type.isInSet(state.storedMarks ?? state.selection.$from.marks()) !== undefined
      : state.doc.rangeHasMark(from, to, type);
  }
  get href(): string | undefined {
    return this.state && linkAt(this.state);
  }
  /** Attach it to the element that the text stands in. */
  mount = (element: HTMLElement): (() => void) => {
    const plugins = [
      this.commenting.plugin,
      mentionList((key) => this.onListKey(key)),
      ...keyboard(this.around),
      markdownShortcuts(),
      copying(),
      this.drawing(),
      this.binding.plugin,
      // Behind it: what it makes of a change is what becomes a suggestion.
      this.suggestions.mode.plugin,
    ];
    const editor = new Editor({
      element,
      extensions: [
        ...EXTENSIONS,
        Extension.create({ name: "documents", addProseMirrorPlugins: () => plugins }),
      ],
      editable: this.hasCaret,
      injectCSS: false,
      enableInputRules: false,
      enablePasteRules: false,
      // None that edits by itself: with as many windows there would be as many edits.
      enableCoreExtensions: {
        keymap: false,
        clipboardTextSerializer: false,
        delete: false,
        drop: false,
        paste: false,
      },
      onTransaction: ({ editor: { state }, transaction }) => {
        // What only moves carets is of no interest to the parts around: each would look at the selection again.
        if (transaction.getMeta(MARKS)) return;
        this.state = state;
        if (transaction.docChanged) this.changed();
      },
      onFocus: () => (this.isFocused = true),
      onBlur: () => (this.isFocused = false),
    });
    this.editor = editor;
    this.state = editor.state;
    return () => {
      clearTimeout(this.settle);
      editor.destroy();
      this.editor = undefined;
    };
  };

  /** Whether the text can be changed; with `caret` one can go about in it, and choose from it, in any case. */
  editable(on: boolean, caret = on): void {
    this.isEditable = this.commenting.writable = on;
    this.hasCaret = caret;
    this.editor?.setEditable(caret, false);
  }

  run(command: Command): boolean {
    const view = this.editor?.view;
    if (!view || !this.isEditable) return false;
    view.focus();
    return command(view.state, view.dispatch, view);
  }

  /** Does what a key of the table does. */
  press(name: string): void {
    const { asks, command } = keyNamed(name);
    if (!asks) this.run(command(this.around));
    else if (this.state) command(this.around)(this.state);
  }

  focus(): void {
    this.editor?.view.focus();
  }

  /** Takes the caret to a place, in units of the delta, and shows it. */
  jump(unit: number): void {
    if (this.state) this.show(positionOf(this.state.doc, unit), true, "start");
  }

  /** Takes the caret to a position and shows it; with `focus` the keyboard, too. */
  show(position: number, focus: boolean, block: ScrollLogicalPosition = "center"): void {
    const view = this.editor?.view;
    if (!view) return;
    view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, position)));
    const line = view.domAtPos(position).node;
    (line instanceof Element ? line : line.parentElement)?.scrollIntoView({ block });
    if (focus) view.focus();
  }

  link(href: string | null): boolean {
    return this.run(link(href));
  }

  /** Chooses the whole link that the caret is in. */
  chooseLink(): void {
    const range = this.state && linkRange(this.state);
    if (!range) return;
    this.run((state, dispatch) => {
      dispatch?.(state.tr.setSelection(TextSelection.create(state.doc, ...range)));
      return true;
    });
  }

  image(address: string, alt: string): boolean {
    return this.run(embed({ image: address }, alt ? { alt } : {}));
  }

  /** Puts a mention in the place of what was asked for. */
  mention(asked: Asked, mention: Mention): void {
    this.run((state, dispatch, view) => {
      const tr = state.tr.delete(asked.from, asked.to);
      const next = state.apply(tr);
      dispatch?.(tr);
      return view ? embed({ mention })(view.state, view.dispatch) : embed({ mention })(next);
    });
  }

  /** Carries out a command in the place of what was asked for. */
  choose(asked: Asked, command: Command): void {
    this.run((state, dispatch) => {
      dispatch?.(state.tr.delete(asked.from, asked.to));
      return true;
    });
    this.run(command);
  }

  closeList(): void {
    const view = this.editor?.view;
    view?.dispatch(view.state.tr.setMeta(mentionListKey, "close"));
  }

  /** Where a place in the text is on the page, for what is drawn beside it. */
  coords(position: number): { left: number; top: number; bottom: number } | undefined {
    const view = this.editor?.view;
    return view && position <= view.state.doc.content.size ? view.coordsAtPos(position) : undefined;
  }

  private changed(): void {
    clearTimeout(this.settle);
    this.settle = setTimeout(() => this.settled(), SETTLED_MS);
  }

  private settled(): void {
    const doc = this.editor?.state.doc;
    if (!doc) return;
    this.words = wordsOf(doc);
    this.suggestions.look(doc);
    const outline = outlineOf(doc);
    if (JSON.stringify(outline) !== JSON.stringify(this.outline)) this.outline = outline;
  }

  private drawing(): Plugin {
    return new Plugin({
      props: {
        nodeViews: { embed: chips(this.cards) },
        attributes: ({ doc }) => ({
          class: isLong(doc) ? "document-lines long" : "document-lines",
          role: "textbox",
          "aria-multiline": "true",
          "aria-label": this.options.label,
          spellcheck: "true",
        }),
        handleTextInput: (view, _from, _to, text) => {
          const tr = besideDivider(view.state, text);
          if (tr) view.dispatch(tr);
          return tr !== undefined;
        },
        handleClickOn: (view, _position, line, start, event) => {
          const list = line.type.name === "line" ? lineAttributes(line).list : undefined;
          if ((list !== "checked" && list !== "unchecked") || !this.isEditable) return false;
          const at = view.nodeDOM(start);
          if (!(at instanceof HTMLElement)) return false;
          const text = getComputedStyle(at);
          const box = at.getBoundingClientRect();
          const inset = parseFloat(text.paddingInlineStart);
          const before = text.direction === "rtl" ? box.right - event.clientX : event.clientX - box.left;
          if (before > inset) return false;
          const attributes = { ...lineAttributes(line), list: list === "checked" ? "unchecked" : "checked" };
          view.dispatch(view.state.tr.setNodeMarkup(start, null, { attributes }));
          return true;
        },
        handleClick: (view, _position, event) => {
          const address = event.target instanceof Element && event.target.closest("a")?.href;
          if (!address || !(event.ctrlKey || event.metaKey || !view.editable)) return false;
          open(address, "_blank", "noopener,noreferrer");
          return true;
        },
      },
    });
  }
}
