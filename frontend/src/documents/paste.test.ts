import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { OWN, read, readText } from "./paste";
import { parse } from "./testing/html";
import type { Delta } from "./types";

const sample = (name: string) =>
  read(parse(readFileSync(new URL(`./samples/${name}.html`, import.meta.url), "utf8")));

/** A delta as lines, to be read: what is formatted in brackets, and the line's attributes after a bar. */
function lines(delta: Delta): string[] {
  const read = [""];
  for (const { insert, attributes } of delta) {
    const said = attributes ? JSON.stringify(attributes).replaceAll('"', "") : "";
    if (typeof insert !== "string")
      read[read.length - 1] += `<${JSON.stringify(insert).replaceAll('"', "")}${said}>`;
    else
      insert.split("\n").forEach((text, index) => {
        if (index > 0) read.push("");
        if (index > 0 && said) read[read.length - 2] += ` | ${said}`;
        if (text) read[read.length - 1] += said ? `[${text}]${said}` : text;
      });
  }
  return read;
}

test("a text of Word keeps its headings, lists, formats and tables, and nothing else", () => {
  expect(lines(sample("word"))).toEqual([
    "Spring show | {header:1}",
    "Start with the [gold ring]{bold:true}, then [the chain]{italic:true}.",
    "",
    "Say the price | {list:bullet}",
    "and the [old]{strike:true} one | {list:bullet,indent:1}",
    "[First]{background:yellow} | {list:ordered}",
    "[Its page]{link:https://example.com/ring}<{break:true}>under it | {align:center}",
    "[Name]{bold:true}\t[Price]{bold:true}",
    "Ring\t$ 49",
    "“Buy it”",
    "",
  ]);
});

test("a text of Google Docs keeps what it is, with its checklist", () => {
  expect(lines(sample("google-docs"))).toEqual([
    "Talking points | {header:2}",
    "Look at [camera  2]{bold:true,italic:true,underline:true}[here]{link:https://example.com/}",
    "",
    "One | {list:bullet}",
    "[One and a half]{color:#ff0000} | {list:bullet,indent:1}",
    "[Steam the dress]{strike:true} | {list:checked}",
    "שלום | {align:right,direction:rtl}",
    "<{divider:true}>",
    "",
  ]);
});

test("rows of a sheet become lines with tabs", () => {
  expect(lines(sample("google-sheets"))).toEqual([
    "[Product]{bold:true}\t[Price]{bold:true}",
    "Gold ring\t49",
    "\t19",
    "",
  ]);
});

test("nothing that could do something gets in", () => {
  expect(lines(sample("hostile"))).toEqual([
    "Words and a link more<{image:https://example.com/a.png}{alt:A dress}>",
    "let a = 1; | {code-block:true}",
    "  b(); | {code-block:true}",
    "",
  ]);
});

test("a piece of a line stays one, and so does one plain paragraph", () => {
  expect(read(parse("<meta charset='utf-8'><span>a <b>few</b> words</span>"))).toEqual([
    { insert: "a " },
    { insert: "few", attributes: { bold: true } },
    { insert: " words" },
  ]);
  expect(read(parse("<p>a line</p>"))).toEqual([{ insert: "a line" }]);
  expect(read(parse("<h1>A title</h1>"))).toEqual([
    { insert: "A title" },
    { insert: "\n", attributes: { header: 1 } },
  ]);
});

test("a copy of our own comes back as it was, without what is not to be copied", () => {
  const copied = [
    { insert: "a", attributes: { bold: true, comment: "1f0c9a52-6d1e-4a3b-9c55-0a1b2c3d4e5f" } },
    { insert: { cue: "Camera 2" } },
    { insert: { script: "x" } },
    { insert: "b\u0000", attributes: { link: "javascript:x", onclick: "y" } },
    { insert: "\n", attributes: { list: "checked", evil: 1 } },
  ];
  const html = `<div ${OWN}="${JSON.stringify(copied).replaceAll('"', "&quot;")}">x</div>`;
  expect(read(parse(html))).toEqual([
    { insert: "a", attributes: { bold: true } },
    { insert: { cue: "Camera 2" } },
    { insert: "b" },
    { insert: "\n", attributes: { list: "checked" } },
  ]);
});

test("a text without format is its lines", () => {
  expect(readText("a\r\nb\rc\0\ud800")).toEqual([{ insert: "a\nb\nc\ufffd" }]);
  expect(readText("")).toEqual([]);
});
