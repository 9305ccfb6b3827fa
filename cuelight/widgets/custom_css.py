"""What one's own CSS may not have, said so that it can be mended. Pure.

This is no wall: the wall is the page's policy, which loads nothing from elsewhere, and the widget's own root. It is for
whoever would otherwise wonder why nothing happens.
"""

import re

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
#: ``\75rl(`` is ``url(``, too.
_ESCAPED = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
_IMPORT = re.compile(r"@import\b", re.IGNORECASE)
_HTML = re.compile(r"<(?=[a-zA-Z/!?])")
_URL = re.compile(r"\b(?:url|src)\(\s*+[\"']?+\s*+(?!/widget-files/|data:image/|#|\))", re.IGNORECASE)
_ELSEWHERE = re.compile(r"[\"'(]\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)


def wrong_with(css: str) -> str:
    """A sentence about the first thing that would not work, with its line; nothing: all of it may stay."""
    plain = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), css)
    plain = _ESCAPED.sub(_unescaped, plain)
    for pattern, says in _WRONG:
        found = pattern.search(plain)
        if found:
            return f"line {plain.count(chr(10), 0, found.start()) + 1}: {says}"
    return ""


_WRONG = (
    (_HTML, "this is HTML. Only CSS can stand here, without “<style>” around it"),
    (_IMPORT, "“@import” loads from elsewhere, which an overlay never does. Paste the rules themselves"),
    (_URL, "“url(…)” can only be a file uploaded here, “/widget-files/…”, or “data:image/…”"),
    (_ELSEWHERE, "an overlay loads nothing from other addresses. Upload the file here and use its address"),
)


def _unescaped(found: "re.Match[str]") -> str:
    code = int(found[1], 16)
    return chr(code) if 0 < code < 0x110000 else ""
