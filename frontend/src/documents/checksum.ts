/**
 * A number by which two copies of a document are told apart, so that a copy that went astray is noticed.
 *
 * What is hashed, exactly: the *visible part* of the document at a version (what the server has; nothing unsent), as JSON.
 *
 * 1. Each text op is split at its newlines, so that every "\n" stands alone. A newline keeps only block attributes
 *    (`header`, `align`, `list`, `indent`, `direction`, `blockquote`, `code-block`); everything else, text and embeds,
 *    keeps all attributes but these. `inserted` and `deleted` count on both. The others show nothing and may differ.
 * 2. The result is made canonical again: neighbouring texts with equal attributes are joined (two plain newlines, too);
 *    an op without attributes has no `attributes`.
 * 3. As JSON: the keys of every object sorted by code unit, no spaces, characters above U+007F as they are, control
 *    characters as \b \t \n \f \r or \u00xx in lower case. That is `JSON.stringify` here, and in Python
 *    `json.dumps(ops, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`.
 * 4. CRC-32 as in zlib (`zlib.crc32`) of its UTF-8, from 0 to 2³² − 1.
 */

import { push, withAttributes } from "./delta";
import type { Attributes, Delta, Op } from "./types";

/** Attributes of a line; they stand on its newline. The rest belongs to text and embeds. */
export const BLOCK: ReadonlySet<string> = new Set([
  "header",
  "align",
  "list",
  "indent",
  "direction",
  "blockquote",
  "code-block",
]);

/** Of both (`suggestions`). */
const BOTH: ReadonlySet<string> = new Set(["inserted", "deleted"]);

export function checksum(document: Delta): number {
  return crc32(new TextEncoder().encode(sortedJson(visible(document))));
}

/** The document without the attributes that show nothing where they stand. */
export function visible(document: Delta): Delta {
  const shown: Op[] = [];
  for (const op of document) {
    const parts = typeof op.insert === "string" ? op.insert.split(/(\n)/) : [op.insert];
    for (const insert of parts)
      if (insert !== "") push(shown, withAttributes({ insert }, kept(op.attributes, insert === "\n")));
  }
  return shown;
}

function kept(attributes: Attributes | undefined, ofLines: boolean): Attributes | undefined {
  return (
    attributes &&
    Object.fromEntries(
      Object.entries(attributes).filter(([name]) => BOTH.has(name) || BLOCK.has(name) === ofLines),
    )
  );
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
