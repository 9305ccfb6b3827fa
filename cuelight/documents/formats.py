"""Documents as files: written for download, read from an upload. Pure."""

import codecs
from collections.abc import Callable
from html import escape
from typing import NamedTuple

import orjson

from cuelight.documents import delta, docx_package, docx_reading, docx_writing, html, html_reading, markdown, plain
from cuelight.documents.delta import Delta
from cuelight.documents.lines import joined, lines_of
from cuelight.errors import Invalid

#: Bytes of a file that is read.
MOST_BYTES = 8_000_000
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }}
p, li, h1, h2, h3, h4, h5, h6 {{ white-space: pre-wrap; overflow-wrap: break-word; }}
img {{ max-width: 100%; }}
pre {{ overflow-x: auto; padding: 0.75rem; background: #f3f3f3; }}
ul[data-checklist] {{ list-style: none; padding-left: 1.5rem; }}
li[data-checked]::before {{ content: "☐ "; }}
li[data-checked="true"]::before {{ content: "☑ "; }}
[data-cue] {{ padding: 0 0.4em; border: 1px solid; border-radius: 1em; }}
[data-font="serif"] {{ font-family: serif; }} [data-font="monospace"] {{ font-family: monospace; }}
[data-size="small"] {{ font-size: 0.8em; }} [data-size="large"] {{ font-size: 1.5em; }}
[data-size="huge"] {{ font-size: 2em; }}
[data-align="center"] {{ text-align: center; }} [data-align="right"] {{ text-align: right; }}
[data-align="justify"] {{ text-align: justify; }}
{colors}</style>
</head>
<body>
{body}
</body>
</html>
"""


class Format(NamedTuple):
    """A kind of file, named by its ending."""

    content_type: str
    write: Callable[[Delta, str], bytes]
    #: The document, and what its reader should be told: a sentence for each thing that was left out.
    read: Callable[[bytes], tuple[Delta, list[str]]]
    most_bytes: int = MOST_BYTES


def decode(data: bytes) -> str:
    """The text of a file, lines ended by ``\\n``: by its byte order mark, else as UTF-8, UTF-16 or Windows' Latin.

    Raises Invalid for what is no text.
    """
    if len(data) > MOST_BYTES:
        raise Invalid("file_too_long", f"The file has more than {MOST_BYTES // 1_000_000} MB; nothing was imported.")
    text = next((_decoded(data[len(mark) :], name) for mark, name in _MARKS if data.startswith(mark)), None)
    if text is None:
        text = _decoded(data, _guessed(data))
    if "\0" in text:
        raise Invalid("not_text", "This file is not a text: it has bytes in it that no text has. Nothing was imported.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _guessed(data: bytes) -> str:
    sample = data[:4_000]
    # Of Latin letters every other byte of UTF-16 is zero.
    if len(data) % 2 == 0 and sample.count(0) > len(sample) // 4:
        return "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be"
    try:
        data.decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        says = f"This file is not a text that can be read: byte {error.start + 1:,} is no {name}. Nothing was imported."
        raise Invalid("not_text", says) from None


def read_json(text: str) -> Delta:
    """Delta JSON: a list of inserts, or an object with that in ``ops``. Raises Invalid."""
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        says = f"This is not JSON: line {error.lineno}, column {error.colno}. Nothing was imported."
        raise Invalid("invalid_json", says) from None
    ops = given.get("ops") if isinstance(given, dict) else given
    if not isinstance(ops, list):
        says = 'This JSON is not a document: a list of inserts was expected, or {"ops": […]}. Nothing was imported.'
        raise Invalid("invalid_document", says)
    if all(isinstance(op, dict) and isinstance(op.get("insert"), str | dict) for op in ops):
        ops = joined(ops)
        last = ops[-1]["insert"] if ops else ""
        if not isinstance(last, str) or not last.endswith("\n"):
            delta.push(ops, {"insert": "\n"})
    delta.validate_document(ops)
    return ops


def write_json(document: Delta, title: str) -> bytes:
    return orjson.dumps({"ops": document})


def write_html(document: Delta, title: str) -> bytes:
    """A page of its own, with the few rules that its attributes need."""
    page = _PAGE.format(title=escape(title), colors=_color_rules(document), body=html.render(document))
    return page.encode()


def _color_rules(document: Delta) -> str:
    """The values are of the schema: a name or a number, nothing that could end a rule."""
    used = {
        (name, piece.attributes[name])
        for line in lines_of(document)
        for piece in line.pieces
        for name in ("color", "background")
        if name in piece.attributes
    }
    return "".join(
        f'[data-{name}="{value}"] {{ {"color" if name == "color" else "background-color"}: {value}; }}\n'
        for name, value in sorted(used)
    )


def _of_text(read: Callable[[str], Delta]) -> Callable[[bytes], tuple[Delta, list[str]]]:
    return lambda data: (read(decode(data)), [])


_UTF8 = "; charset=utf-8"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS: dict[str, Format] = {
    "md": Format(
        f"text/markdown{_UTF8}",
        lambda document, title: markdown.write(document).encode(),
        _of_text(markdown.read),
    ),
    "html": Format(f"text/html{_UTF8}", write_html, _of_text(html_reading.read)),
    "docx": Format(_WORD, docx_writing.write, docx_reading.read, docx_package.MOST_BYTES),
    "txt": Format(
        f"text/plain{_UTF8}",
        lambda document, title: plain.write(document).encode(),
        _of_text(plain.read),
    ),
    "json": Format(f"application/json{_UTF8}", write_json, _of_text(read_json)),
}
#: For people, in a sentence.
ENDINGS = ".md, .html, .docx, .txt or .json"
#: By other endings.
_ALSO = {"markdown": "md", "htm": "html", "text": "txt", "delta": "json"}
_OF_OFFICES = {"doc", "dot", "docm", "rtf", "odt", "pages", "wpd", "wps"}


def of_name(name: str) -> str:
    """The format that a file's name says. Raises Invalid."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    key = _ALSO.get(ending, ending)
    if key in _OF_OFFICES:
        says = f"A .{key} file cannot be read here. Open it in its own program and save it as .docx, then import that."
        raise Invalid("unknown_format", says)
    if key not in FORMATS:
        raise Invalid("unknown_format", f"The file's name must end with {ENDINGS}.")
    return key


def read(data: bytes, key: str) -> Delta:
    """The document in a file. Raises Invalid, with a sentence that says what is wrong with it."""
    return read_noting(data, key)[0]


def read_noting(data: bytes, key: str) -> tuple[Delta, list[str]]:
    """The same, with a sentence for each thing in it that was left out."""
    document, notes = FORMATS[key].read(data)
    delta.validate_document(document)
    return document, notes
