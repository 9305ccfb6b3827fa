import { expect, test } from "vitest";
import { EditorState, TextSelection, type Command, type Transaction } from "@tiptap/pm/state";
import type { EditorView } from "@tiptap/pm/view";
import * as commands from "./commands";
import { insertLines } from "./copying";
import { documentOf, opsOf, positionOf } from "./lines";
import { markdownShortcuts } from "./markdown-shortcuts";
import { lengthSaid, outlineOf, wordsIn, wordsOf } from "./outline";
import { askedAt, mentionList, mentionListKey } from "./mention-list";
import { linesIn } from "./testing/random";
import type { Attributes, Delta } from "./types";

const line = (attributes?: Attributes) => (attributes ? { insert: "\n", attributes } : { insert: "\n" });

/** Somebody at the keyboard, without a page. */
class Writer {
  state: EditorState;
  composing = false;
  constructor(delta: Delta, anchor = 0, head = anchor) {
    const doc = documentOf(delta);
    const selection = TextSelection.create(doc, positionOf(doc, anchor), positionOf(doc, head));
    this.state = EditorState.create({
      doc,
      selection,
      plugins: [markdownShortcuts(), mentionList(() => false)],
    });
  }
  dispatch = (tr: Transaction) => void (this.state = this.state.apply(tr));
  run(command: Command): boolean {
    return command(this.state, this.dispatch);
  }
  /** Letter by letter, as the view reads them. */
  type(text: string): this {
    for (const letter of text) {
      const { from, to } = this.state.selection;
      const asView = this as unknown as EditorView;
      const took = this.state.plugins.some((plugin) =>
        plugin.props.handleTextInput?.call(plugin, asView, from, to, letter, () => this.state.tr),
      );
      if (!took) this.dispatch(this.state.tr.insertText(letter, from, to));
    }
    return this;
  }
  get delta(): Delta {
    return opsOf(linesIn(this.state.doc));
  }
}

test.each<[string, Delta]>([
  ["# Title", [{ insert: "Title" }, line({ header: 1 })]],
  ["### Title", [{ insert: "Title" }, line({ header: 3 })]],
  ["- one", [{ insert: "one" }, line({ list: "bullet" })]],
  ["1. one", [{ insert: "one" }, line({ list: "ordered" })]],
  ["[] do", [{ insert: "do" }, line({ list: "unchecked" })]],
  ["- [x] done", [{ insert: "done" }, line({ list: "checked" })]],
  ["> said", [{ insert: "said" }, line({ blockquote: true })]],
  ["```python x", [{ insert: "x" }, line({ "code-block": "python" })]],
  ["---", [{ insert: { divider: true } }, { insert: "\n\n" }]],
  ["a **b** c", [{ insert: "a " }, { insert: "b", attributes: { bold: true } }, { insert: " c\n" }]],
  ["*b*.", [{ insert: "b", attributes: { italic: true } }, { insert: ".\n" }]],
  ["`b`.", [{ insert: "b", attributes: { code: true } }, { insert: ".\n" }]],
  ["2*3*4 a_b_c", [{ insert: "2*3*4 a_b_c\n" }]],
  ["#no", [{ insert: "#no\n" }]],
  [
    "Look [[Turn to camera two]]!",
    [{ insert: "Look " }, { insert: { cue: "Turn to camera two" } }, { insert: "!\n" }],
  ],
  ["[[ ]] a[0]", [{ insert: "[[ ]] a[0]\n" }]],
])("%s typed", (typed, expected) => {
  expect(new Writer([line()]).type(typed).delta).toEqual(expected);
});

test("signs in code are signs", () => {
  const code = { "code-block": true };
  expect(new Writer([line(code)]).type("# **a**").delta).toEqual([{ insert: "# **a**" }, line(code)]);
});

test("a list goes on at Enter, a heading does not, and an empty item ends the list", () => {
  const item = new Writer([{ insert: "one" }, line({ list: "checked" })], 3);
  item.run(commands.enter);
  expect(item.delta).toEqual([{ insert: "one" }, line({ list: "checked" }), line({ list: "unchecked" })]);
  item.run(commands.enter);
  expect(item.delta).toEqual([{ insert: "one" }, line({ list: "checked" }), line()]);
  const heading = new Writer([{ insert: "one" }, line({ header: 1 })], 3);
  heading.run(commands.enter);
  expect(heading.delta).toEqual([{ insert: "one" }, line({ header: 1 }), line()]);
});

test("Enter behind three backticks makes the line one of code, and only there", () => {
  const fenced = (text: string, caret = text.length, attributes?: Attributes) => {
    const writer = new Writer([{ insert: text }, line(attributes)], caret);
    return writer.run(commands.fence) ? writer.delta : null;
  };
  expect(fenced("```")).toEqual([line({ "code-block": true })]);
  expect(fenced("```python")).toEqual([line({ "code-block": "python" })]);
  expect(fenced("```", 3, { header: 2 })).toEqual([line({ "code-block": true })]);
  expect(fenced("```python", 4)).toBeNull();
  expect(fenced("x ```")).toBeNull();
  expect(fenced("```", 3, { "code-block": true })).toBeNull();
});

test("Backspace at the start of a line makes it plain, then joins it", () => {
  const writer = new Writer([{ insert: "a\nb" }, line({ list: "bullet", indent: 1 })], 2);
  writer.run(commands.backspace);
  expect(writer.delta).toEqual([{ insert: "a\nb" }, line({ indent: 1 })]);
  writer.run(commands.backspace);
  expect(writer.delta).toEqual([{ insert: "a\nb\n" }]);
  writer.run(commands.backspace);
  expect(writer.delta).toEqual([{ insert: "ab\n" }]);
});

test("a kind of line is switched on for all that are chosen, then off, and it is one kind at a time", () => {
  const writer = new Writer([{ insert: "a" }, line({ header: 2 }), { insert: "b\n" }], 0, 3);
  writer.run(commands.toggleKind("list", "bullet"));
  expect(writer.delta).toEqual([
    { insert: "a" },
    line({ list: "bullet" }),
    { insert: "b" },
    line({ list: "bullet" }),
  ]);
  writer.run(commands.toggleKind("list", "bullet"));
  expect(writer.delta).toEqual([{ insert: "a\nb\n" }]);
});

test("lines move over their neighbours and stay chosen", () => {
  const writer = new Writer([{ insert: "a\nb\nc\n" }], 4);
  writer.run(commands.moveLines(-1));
  expect(writer.delta).toEqual([{ insert: "a\nc\nb\n" }]);
  writer.run(commands.moveLines(-1));
  writer.run(commands.moveLines(-1));
  expect(writer.delta).toEqual([{ insert: "c\na\nb\n" }]);
  writer.run(commands.moveLines(1));
  expect(writer.delta).toEqual([{ insert: "a\nc\nb\n" }]);
});

test("a link is one that the server takes, and goes as a whole", () => {
  const writer = new Writer([{ insert: "see this\n" }], 4, 8);
  expect(writer.run(commands.link("javascript:alert(1)"))).toBe(false);
  expect(writer.run(commands.link("https://example.com"))).toBe(true);
  const caret = new Writer(writer.delta, 6);
  expect(commands.linkAt(caret.state)).toBe("https://example.com");
  caret.run(commands.link(null));
  expect(caret.delta).toEqual([{ insert: "see this\n" }]);
});

test("indentation ends at none and at eight", () => {
  const writer = new Writer([{ insert: "a\n" }]);
  for (let time = 0; time < 12; time++) writer.run(commands.indent(1));
  expect(writer.delta).toEqual([{ insert: "a" }, line({ indent: 8 })]);
  for (let time = 0; time < 12; time++) writer.run(commands.indent(-1));
  expect(writer.delta).toEqual([{ insert: "a\n" }]);
});

test("a divider and a picture stand on lines of their own, a chip in the text", () => {
  const writer = new Writer([{ insert: "ab\n" }], 1);
  writer.run(commands.embed({ divider: true }));
  expect(writer.delta).toEqual([{ insert: "a\n" }, { insert: { divider: true } }, { insert: "\nb\n" }]);
  const chip = new Writer([{ insert: "ab\n" }], 1);
  chip.run(commands.embed({ cue: "Camera 2" }));
  expect(chip.delta).toEqual([{ insert: "a" }, { insert: { cue: "Camera 2" } }, { insert: "b\n" }]);
});

test("typing beside a divider leaves it alone", () => {
  const writer = new Writer([{ insert: { divider: true } }, { insert: "\n" }], 1);
  writer.dispatch(commands.besideDivider(writer.state, "x")!);
  writer.type("y");
  expect(writer.delta).toEqual([{ insert: { divider: true } }, { insert: "\nxy\n" }]);
});

test("what is pasted into a line goes on in it; an empty line becomes what is pasted", () => {
  const pasted = [{ insert: "T" }, line({ header: 1 }), { insert: "x\n" }];
  const inside = new Writer([{ insert: "ab\n" }], 1);
  inside.dispatch(insertLines(inside.state, pasted));
  expect(inside.delta).toEqual([{ insert: "aT\nx\nb\n" }]);
  const empty = new Writer([line()]);
  empty.dispatch(insertLines(empty.state, pasted));
  expect(empty.delta).toEqual([{ insert: "T" }, line({ header: 1 }), { insert: "x\n\n" }]);
});

test("a sign asks at the start of a word, not within one", () => {
  const asked = (text: string) => askedAt(new Writer([{ insert: `${text}\n` }], text.length).state);
  expect(asked("to @ad")).toMatchObject({ sign: "@", query: "ad" });
  expect(asked("/")).toMatchObject({ sign: "/", query: "" });
  expect(asked("ada@example")).toBeNull();
  expect(asked("and/or")).toBeNull();
  expect(asked("either /or")).toBeNull();
});

test("a list that was closed stays closed for its sign, also when that is typed past and back", () => {
  const writer = new Writer([line()]).type("to @a");
  const open = () => mentionListKey.getState(writer.state)!.asked;
  expect(open()).toMatchObject({ query: "a" });
  writer.dispatch(writer.state.tr.setMeta(mentionListKey, "close"));
  writer.type("d, b");
  writer.dispatch(writer.state.tr.delete(writer.state.selection.from - 3, writer.state.selection.from));
  expect(open()).toBeNull();
  writer.type(" @b");
  expect(open()).toMatchObject({ query: "b" });
});

test("words are counted in any script, and headings listed with their place", () => {
  expect(wordsIn("It's 49.99 dollars, half-price")).toBe(4);
  expect(wordsIn("金の指輪")).toBe(4);
  const { doc } = new Writer([{ insert: "a b\nTitle" }, line({ header: 2 }), line({ header: 1 })]).state;
  expect(wordsOf(doc)).toBe(3);
  expect(outlineOf(doc)).toEqual([{ text: "Title", level: 2, unit: 4 }]);
  expect(lengthSaid(1)).toBe("1 word · under a minute to say");
  expect(lengthSaid(1500)).toBe("1,500 words · 10 min to say");
});
