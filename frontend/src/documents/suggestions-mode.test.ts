/** Suggest mode: what the hand does is on the screen as what everybody hears of, and the caret is where one expects it. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { EditorState, Plugin, TextSelection, type Command, type Transaction } from "@tiptap/pm/state";
import { changeBetween } from "./changes";
import { backspace, enter, mark, moveLines, remove, setLines } from "./commands";
import { compose, length } from "./delta";
import { documentOf, opsOf, positionOf, unitOf } from "./lines";
import { normalised } from "./normal";
import { remoteTransaction } from "./remote";
import { schema } from "./nodes";
import { asWriting, authorOf, resolved, unsuggested } from "./suggestions";
import { STRETCH_MS, SuggestionMode } from "./suggestions-mode";
import { contents, doings, linesIn } from "./testing/random";
import type { Delta } from "./types";

const ME = 7;
const THEIRS = "8:6f1e2b3c-0000-4000-8000-000000000000";

class Writer {
  state: EditorState;
  now = 0;
  refused = 0;
  /** What others have heard. */
  heard: Delta;
  readonly mode = new SuggestionMode(ME, () => this.now);

  constructor(start: Delta | string, on = true) {
    this.heard = typeof start === "string" ? [{ insert: start }] : start;
    this.mode.on = on;
    this.mode.onRefused = () => (this.refused += 1);
    const normal = new Plugin({
      appendTransaction: (all, before, after) =>
        all.some((tr) => tr.docChanged) ? (normalised(before.doc, after) ?? null) : null,
    });
    const plugins = [normal, this.mode.plugin];
    this.state = EditorState.create({ doc: documentOf(this.heard), plugins });
  }

  dispatch = (tr: Transaction) => {
    const before = this.state.doc;
    this.state = this.state.applyTransaction(tr).state;
    this.heard = compose(this.heard, changeBetween(before, this.state.doc).delta);
    expect(this.shown).toEqual(this.heard);
  };
  get shown(): Delta {
    return opsOf(linesIn(this.state.doc));
  }
  at(anchor: number, head = anchor): this {
    const { doc } = this.state;
    const selection = TextSelection.create(doc, positionOf(doc, anchor), positionOf(doc, head));
    this.dispatch(this.state.tr.setSelection(selection));
    return this;
  }
  /** As ProseMirror does what the browser has typed. */
  type(text: string): this {
    for (const letter of text) {
      const { tr, storedMarks } = this.state;
      tr.insertText(letter);
      if (storedMarks) tr.ensureMarks(storedMarks);
      this.dispatch(tr);
    }
    return this;
  }
  /** As the browser takes away a letter in the middle of a line. */
  press(key: "Backspace" | "Delete" | "Enter", times = 1): this {
    for (; times > 0; times -= 1) {
      const command = { Backspace: backspace, Delete: remove, Enter: enter }[key];
      if (command(this.state, this.dispatch)) continue;
      const { from } = this.state.selection;
      this.dispatch(
        key === "Backspace" ? this.state.tr.delete(from - 1, from) : this.state.tr.delete(from, from + 1),
      );
    }
    return this;
  }
  run(command: Command): this {
    command(this.state, this.dispatch);
    return this;
  }
  get caret(): number {
    return unitOf(this.state.doc, this.state.selection.head);
  }
  /** `[-deleted-]` and `{+inserted+}`, the caret as `|`; a newline is `¶`. */
  get said(): string {
    let text = "";
    let at = 0;
    for (const { insert, attributes = {} } of this.shown)
      for (const letter of insert as string) {
        if (at === this.caret) text += "|";
        at += letter.length;
        const sign = letter === "\n" ? "¶" : letter;
        text += attributes.deleted ? `[-${sign}-]` : attributes.inserted ? `{+${sign}+}` : sign;
      }
    return text.replaceAll("-][-", "").replaceAll("+}{+", "").replace(/¶$/, "");
  }
  get ids(): Set<unknown> {
    return new Set(this.shown.flatMap(({ attributes = {} }) => [attributes.inserted, attributes.deleted]));
  }
  get own(): unknown[] {
    return [...this.ids].filter((id) => authorOf(id) === ME);
  }
}

test("what is typed is inserted by its author, and one suggestion while it goes on", () => {
  const writer = new Writer("hello\n").at(5).type(" you").press("Enter").type("all");
  expect(writer.said).toBe("hello{+ you¶all+}|");
  expect(writer.own).toHaveLength(1);
  writer.at(0).type("Oh ");
  expect(writer.own).toHaveLength(2);
  writer.now += STRETCH_MS + 1;
  writer.type("my ");
  expect(writer.said).toBe("{+Oh my +}|hello{+ you¶all+}");
  expect(writer.own).toHaveLength(3);
});

test("Backspace strikes, and the caret goes before what it has struck", () => {
  const writer = new Writer("hello\n").at(5).press("Backspace", 2);
  expect(writer.said).toBe("hel|[-lo-]");
  expect(writer.own).toHaveLength(1);
  writer.type("p");
  expect(writer.said).toBe("hel{+p+}|[-lo-]");
  expect(writer.own).toHaveLength(1);
  // Over what is struck already, and really away with one's own.
  writer.at(6).press("Backspace", 2);
  expect(writer.said).toBe("hel{+p+}|[-lo-]");
  expect(writer.press("Backspace").said).toBe("hel|[-lo-]");
  expect(writer.press("Backspace").said).toBe("he|[-llo-]");
});

test("Delete strikes ahead, and the caret goes behind it", () => {
  const writer = new Writer("hello\n").at(1).press("Delete", 2);
  expect(writer.said).toBe("h[-el-]|lo");
  expect(writer.own).toHaveLength(1);
});

test("what is typed over a selection stands behind what it replaces, as one suggestion", () => {
  const writer = new Writer("hello you\n").at(0, 5).type("Hey");
  expect(writer.said).toBe("[-hello-]{+Hey+}| you");
  expect(writer.own).toHaveLength(1);
});

test("a word is replaced as a whole, also by one that begins or ends alike", () => {
  expect(new Writer("hello you\n").at(0, 5).type("hall").said).toBe("[-hello-]{+hall+}| you");
  expect(new Writer("hello you\n").at(6, 9).type("u").said).toBe("hello [-you-]{+u+}|");
  expect(new Writer("hello you\n").at(0, 5).press("Delete").said).toBe("|[-hello-] you");
});

test("lines are joined and split as suggestions", () => {
  expect(new Writer("one\ntwo\n").at(4).press("Backspace").said).toBe("one|[-¶-]two");
  expect(new Writer("one\ntwo\n").at(3).press("Delete").said).toBe("one[-¶-]|two");
  expect(new Writer("one\ntwo\n").at(2).press("Enter").said).toBe("on{+¶+}|e¶two");
  expect(new Writer("one\ntwo\n").at(2).press("Enter").press("Backspace").said).toBe("on|e¶two");
});

test("another's suggestion is theirs: what is typed in it is one's own", () => {
  const base: Delta = [
    { insert: "a" },
    { insert: "bcd", attributes: { inserted: THEIRS } },
    { insert: "efg", attributes: { deleted: THEIRS } },
    { insert: "\n" },
  ];
  const writer = new Writer(base).at(2).type("X").at(6).type("Y");
  expect(writer.own).toHaveLength(2);
  expect(unsuggested(writer.heard)).toEqual(unsuggested(base));
  // In the other mode it is simply written, and neither inserted nor deleted.
  const plain = new Writer(base, false).at(2).type("XX").at(7).type("YY");
  expect(plain.said).toBe("a{+b+}XX{+cd+}[-e-]YY|[-fg-]");
  // A line that is moved takes its suggestions along.
  const moved = new Writer([...base.slice(0, -1), { insert: "\nnext\n" }], false).at(9).run(moveLines(-1));
  expect(moved.said).toBe("n|ext¶a{+bcd+}[-efg-]");
});

test("formats of what is there are refused with a word; those of one's own are not", () => {
  const writer = new Writer("hello\n").at(0, 5).run(mark("bold"));
  expect([writer.refused, writer.heard]).toEqual([1, [{ insert: "hello\n" }]]);
  writer.run(setLines({ header: 1 }));
  expect([writer.refused, writer.heard]).toEqual([2, [{ insert: "hello\n" }]]);
  writer.at(5).type("you").at(5, 8).run(mark("bold"));
  expect(writer.refused).toBe(2);
  expect(writer.heard[1]).toMatchObject({ insert: "you", attributes: { bold: true } });
});

test("changes of others pass as they are", () => {
  const writer = new Writer("hello\n").at(5).type("!");
  writer.dispatch(remoteTransaction(writer.state, [{ insert: "Plain " }, { delete: 1 }]));
  expect(writer.said).toBe("Plain ello{+!+}|");
});

test("whatever is done in suggest mode, the text without suggestions stays, and accepted it is what was done", () => {
  fc.assert(
    fc.property(contents, doings, (start, doing) => {
      const base = asWriting(start);
      const writer = new Writer(base);
      // The same by hand, in a document of one's own.
      const other = new Writer(base, false);
      for (const one of [writer, other]) {
        const { tr } = one.state;
        for (const act of doing) act(tr);
        one.dispatch(tr);
      }
      expect(uncommented(unsuggested(writer.heard))).toEqual(uncommented(base));
      const accepted = compose(
        writer.heard,
        resolved(writer.heard, "accept", () => true),
      );
      expect(wordsOf(accepted)).toBe(wordsOf(other.heard));
    }),
    { numRuns: 100 },
  );
}, 60_000);

/** Comments are no suggestions: they hang on the text at once. */
const uncommented = (document: Delta): Delta =>
  compose(document, [{ retain: length(document), attributes: { comment: null } }]);
const wordsOf = (document: Delta) =>
  document.map(({ insert }) => (typeof insert === "string" ? insert : JSON.stringify(insert))).join("");
