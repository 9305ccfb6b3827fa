import * as fc from "fast-check";
import { expect, test } from "vitest";
import { pointsHtml } from "./points-html";
import type { Delta } from "./types";

const of = (...ops: [insert: string, attributes?: Record<string, unknown>][]): Delta =>
  ops.map(([insert, attributes]) => (attributes ? { insert, attributes } : { insert }));

test("lines become paragraphs, headings and nested lists", () => {
  const bullet = { list: "bullet" };
  expect(
    pointsHtml(
      of(
        ["Gold"],
        ["\n", { header: 2 }],
        ["Say "],
        ["this", { bold: true }],
        ["\n\none"],
        ["\n", bullet],
        ["deep"],
        ["\n", { ...bullet, indent: 1 }],
        ["two"],
        ["\n", bullet],
        ["first"],
        ["\n", { list: "ordered" }],
        ["\n"],
      ),
    ),
  ).toBe(
    "<h2>Gold</h2><p>Say <strong>this</strong></p>" +
      "<ul><li>one<ul><li>deep</li></ul></li><li>two</li></ul><ol><li>first</li></ol>",
  );
});

test("code, quotes, embeds and links", () => {
  const document: Delta = [
    { insert: "a < b\nc" },
    { insert: "\n", attributes: { "code-block": true } },
    { insert: "He said" },
    { insert: "\n", attributes: { blockquote: true } },
    { insert: "look", attributes: { link: "https://a.example/?a=1&b=2" } },
    { insert: { break: true } },
    { insert: { cue: "Turn" } },
    { insert: { mention: { kind: "product", id: 3, label: "Hoop & ring" } } },
    { insert: "\n" },
    { insert: { divider: true } },
    { insert: "\n" },
  ];
  expect(pointsHtml(document)).toBe(
    "<p>a &lt; b</p><pre><code>c</code></pre><blockquote><p>He said</p></blockquote>" +
      '<p><a href="https://a.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">look</a>' +
      "<br><em>[Turn]</em>Hoop &amp; ring</p><hr>",
  );
});

test("no text is ever more than text", () => {
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom("<script>", "javascript:alert(1)", '" onload="', true, 3, null),
  );
  const op = fc.record(
    {
      insert: fc.oneof(fc.string({ minLength: 1 }), fc.constant("<img src=x onerror=alert(1)>\n")),
      attributes: fc.dictionary(
        fc.constantFrom("link", "bold", "list", "header", "indent", "blockquote"),
        value,
      ),
    },
    { requiredKeys: ["insert"] },
  );
  const allowed =
    /^(?:[^<>"]|<\/?(?:p|h[1-6]|ul|ol|li|strong|em|s|code|pre|blockquote)>|<br>|<hr>|<\/a>|<a href="(?:https?:\/\/|mailto:)[^"<>\s]+" target="_blank" rel="noopener noreferrer nofollow">)*$/i;
  fc.assert(
    fc.property(fc.array(op, { maxLength: 8 }), (ops) => {
      expect(pointsHtml(ops as Delta)).toMatch(allowed);
    }),
  );
});
