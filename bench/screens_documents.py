"""The pages of documents, in their states: the list, the editor alone and with others, sharing, and the history."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from shot import SIZES, shoot

Enter = Callable[..., Any]
Size = tuple[int, int]


def line(*pieces: object, **block: object) -> list[dict[str, Any]]:
    """A line of a document: texts, ready pieces, and what its newline says."""
    ops: list[dict[str, Any]] = [{"insert": one} if isinstance(one, str) else dict(one) for one in pieces]  # type: ignore[call-overload]
    newline = {name.replace("_", "-"): value for name, value in block.items()}
    return [*ops, {"insert": "\n", **({"attributes": newline} if newline else {})}]


def as_(text: object, **attributes: object) -> dict[str, Any]:
    return {"insert": text, "attributes": attributes}


def rundown() -> list[dict[str, Any]]:
    """What a producer writes for a show, with every kind of line and embed in it."""
    bracelet = {"insert": {"mention": {"kind": "product", "id": 3, "label": "Tennis Bracelet, Rose Gold"}}}
    host = {"insert": {"mention": {"kind": "person", "id": 2, "label": "Sample Host"}}}
    lines = [
        line("Friday Night Gold", header=1),
        line(
            "Ninety minutes, forty pieces, one story: gold that is worn every day. ",
            as_("Slow down at the three hero pieces", bold=True),
            " and let the chat catch up; everything else may be quick. The numbers are in the ",
            as_("show plan", link="https://example.com/plan"),
            ".",
        ),
        line("Opening", header=2),
        line({"insert": {"cue": "Lights up, lamp on"}}, " Say hello by name to the first five in the chat."),
        line(host, " opens with ", bracelet, " on the wrist, not in the box."),
        line(
            "Good evening, and welcome back. Tonight everything on this table is gold, and none of it is for the "
            "drawer: you sleep in it, you swim in it, you forget that you wear it.",
            blockquote=True,
        ),
        line("Before we go on air", header=2),
        line("Macro lens on camera two, white card in the box", list="checked"),
        line("Prices on the overlay are those of the sheet", list="checked"),
        line("Scale and magnet on the table", list="unchecked"),
        line("Second battery for the wireless microphone", list="unchecked", indent=1),
        line("Water without ice", list="unchecked"),
        line("Running order", header=2),
        line("Bracelets", list="ordered"),
        line("Rose gold first, then white", list="ordered", indent=1),
        line("Clasp in close-up, count to three", list="ordered", indent=1),
        line("Necklaces", list="ordered"),
        line("The lariat on the bust and on ", as_("Noor", italic=True), list="ordered", indent=1),
        line("14k over brass, three microns", list="bullet", indent=2),
        line("Nickel free, lead free", list="bullet", indent=2),
        line("From 16 to 18 inches", list="ordered", indent=1),
        line("Earrings, and the wrap-up", list="ordered"),
        line("Prices to say out loud", header=3),
        line("number   piece              was      now", code_block=True),
        line("     4   Tennis Bracelet    77.99    52.99", code_block=True),
        line("     9   Lariat Necklace    77.99    52.99", code_block=True),
        line("    17   Huggie Earrings    35.99    26.99", code_block=True),
        line("Type ", as_("!gold", code=True), " in the chat to get the list of numbers."),
        line({"insert": {"divider": True}}),
        line("If something goes wrong", header=2),
        line(
            "A piece sells out while it is on the table: ",
            as_("say so at once", underline=True),
            " and go on. Nobody waits for a size. ",
            as_("The old rule of two minutes", strike=True),
            " does not hold any more.",
        ),
        line(as_("Thank you, good night", size="large"), align="center"),
    ]
    return [op for one in lines for op in one]


def documents(
    enter: Enter, base: str, *, schemes: Sequence[str] = ("dark", "light"), narrow: Sequence[Size] = SIZES[1:2]
) -> None:
    """Each state in dark at every size; light at ``narrow``."""
    filled = False
    for scheme in schemes:
        sizes = SIZES if scheme == "dark" else narrow
        page, host = (enter(role, "/documents", color_scheme=scheme) for role in ("producer", "host"))

        def take(name: str, on: Any, scheme: str = scheme, sizes: Sequence[Size] = sizes, **how: Any) -> None:
            shoot(on, f"{name}-{scheme}", sizes=sizes, **how)

        if not filled:
            take("documents-empty", page)
            script = _fill(page, base)
            filled = True
        _list(take, page, base)
        _editor(take, page, host, base, script)
        _sharing(take, page, host, base, script)
        _history(take, page, base, script)
        page.context.close()
        host.context.close()


def made(page: Any, base: str, title: str, contents: object) -> int:
    """A document made from a file; its id."""
    page.goto(f"{base}/documents/new")
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    file = {"name": f"{title}.json", "mimeType": "application/json", "buffer": json.dumps(contents).encode()}
    answer = page.request.post(
        f"{base}/documents/import",
        headers={"Accept": "application/json", "X-CSRFToken": token, "Referer": page.url},
        multipart={"title": title, "file": file},
    )
    assert answer.status == 201, answer.text()
    return int(answer.json()["id"])


def _fill(page: Any, base: str) -> int:
    for title in ("Talking points, spring", "Old script", "How we answer the chat", "Opening words"):
        made(page, base, title, [{"insert": f"{title}\n"}])
    page.goto(f"{base}/documents")
    row = page.get_by_role("row", name=re.compile("Old script"))
    row.get_by_label("More for Old script").click()
    row.get_by_role("button", name="Move to the bin").click()
    page.get_by_role("button", name="Undo").wait_for()
    return made(page, base, "Friday Night Gold, rundown", rundown())


def _list(take: Callable[..., None], page: Any, base: str) -> None:
    page.goto(f"{base}/documents")
    menu = page.get_by_label("More for Opening words")
    take("documents", page)
    take("documents-menu", page, before=menu.click, again=lambda: page.keyboard.press("Escape"))
    for name, path in (
        ("documents-bin", "/documents?tab=bin"),
        ("documents-shared", "/documents?tab=shared"),
        ("documents-mistyped", "/documents?q=nothing-is-called-this"),
        ("document-new", "/documents/new"),
    ):
        page.goto(base + path)
        take(name, page)


def opened(page: Any, address: str) -> None:
    page.goto(address)
    page.locator("[data-island=Editor][data-ready]").wait_for(state="attached")
    page.locator(".document-lines .line").first.wait_for()
    page.locator(".document-holder[aria-busy=false]").wait_for()


def _editor(take: Callable[..., None], page: Any, host: Any, base: str, script: int) -> None:
    opened(page, f"{base}/documents/{made(page, base, 'Nothing yet', [{'insert': chr(10)}])}")
    take("document-empty", page)
    address = f"{base}/documents/{script}"
    opened(page, address)
    take("document", page)
    menu = page.get_by_text("Download", exact=True)
    take("document-download", page, before=menu.click, again=lambda: page.keyboard.press("Escape"))
    _caret(page, "Ninety minutes")
    page.keyboard.press("Control+Alt+o")
    page.get_by_role("navigation", name="Outline").wait_for()
    take("document-outline", page)
    page.keyboard.press("Control+Alt+o")
    opened(host, address)
    _caret(host, "Say hello by name")
    _caret(page, "you sleep in it")
    host.keyboard.press("Shift+End")
    page.locator(".caret-name").wait_for(state="attached")
    take("document-people", page, before=lambda: host.keyboard.press("Shift+ArrowLeft"), again=lambda: None)
    host.goto(f"{base}/documents")
    _lines(take, page)
    _over(take, page)
    page.context.set_offline(True)
    page.keyboard.type(" ")
    page.get_by_text(re.compile("^Offline")).wait_for()
    take("document-offline", page)
    page.context.set_offline(False)
    page.locator(".saved[data-waiting='0']").wait_for(timeout=60_000)
    opened(page, f"{base}/documents/{made(page, base, 'Friday Night Gold, reviewed', rundown())}")
    _comments(take, page)
    _suggestions(take, page)


def _comments(take: Callable[..., None], page: Any) -> None:
    """Two threads, one of them answered, beside the text."""
    for words, said in (
        ("worn every day", "Is it? The cuffs are for evenings."),
        ("Say hello by name", "Mia reads them."),
    ):
        _caret(page, words)
        page.keyboard.press("Home")
        for _ in range(14):
            page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Control+Alt+m")
        page.get_by_role("dialog", name="New comment").wait_for()
        page.keyboard.type(said)
        page.keyboard.press("Control+Enter")
        page.get_by_role("complementary", name="Comments").get_by_text(said).wait_for()
    take("document-comments", page)
    page.keyboard.press("Control+Alt+Shift+m")
    page.get_by_role("complementary", name="Comments").wait_for(state="hidden")


def _suggestions(take: Callable[..., None], page: Any) -> None:
    """Words replaced, put in and struck, and the list of them."""
    _caret(page, "Ninety minutes")
    page.keyboard.press("Control+Alt+s")
    page.keyboard.press("Home")
    page.keyboard.press("Control+Shift+ArrowRight")
    page.keyboard.type("Eighty ")
    _caret(page, "Say hello by name")
    page.keyboard.press("End")
    page.keyboard.type(" Then the numbers.")
    _caret(page, "Water without ice")
    page.keyboard.press("End")
    for _ in " without ice":
        page.keyboard.press("Backspace")
    page.get_by_role("button", name="3 suggestions").click()
    take("document-suggestions", page)
    page.keyboard.press("Control+Alt+s")


def _lines(take: Callable[..., None], page: Any) -> None:
    """The lists, and what follows them."""
    for name, heading in (("lists", "Before we go on air"), ("code", "Prices to say out loud")):
        at = page.locator(".document-lines").get_by_role("heading", name=heading)

        def scroll(at: Any = at) -> None:
            at.evaluate("one => one.scrollIntoView({ block: 'start' })")

        take(f"document-{name}", page, before=scroll, again=lambda: None)
    page.evaluate("scrollTo(0, 0)")


def _over(take: Callable[..., None], page: Any) -> None:
    """What opens over the text; Escape closes each."""
    _caret(page, "Slow down")
    page.keyboard.press("Control+Shift+ArrowRight")
    for key, name in (("Control+/", "keys"), ("Control+k", "link")):
        page.keyboard.press(key)
        page.get_by_role("dialog").wait_for()
        take(f"document-{name}", page)
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Picture", exact=True).click()
    page.get_by_role("dialog").wait_for()
    take("document-picture", page)
    page.keyboard.press("Escape")
    _caret(page, "Type !gold")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("/")
    page.get_by_role("listbox").wait_for()
    take("document-slash", page)
    page.keyboard.press("Escape")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")


def _caret(page: Any, words: str) -> None:
    page.locator(".document-lines .line", has_text=words).first.click()
    page.keyboard.press("Home")


def _sharing(take: Callable[..., None], page: Any, host: Any, base: str, script: int) -> None:
    page.goto(f"{base}/documents/{script}")
    page.locator("[data-island=Share][data-ready]").wait_for(state="attached")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("textbox", name="E-mail").fill("noor@studio.example")
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_text(re.compile("on its way|was told")).wait_for()
    take("document-share", page)
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_role("textbox", name="The new link").input_value()
    take("document-share-link", page)
    page.get_by_label(re.compile("^Everyone in")).select_option("read")
    page.keyboard.press("Escape")
    opened(host, f"{base}/documents/{script}")
    take("document-reading", host)
    host.context.clear_cookies()
    host.goto(base + urlsplit(link).path)  # the studio does not know which port it was given here
    take("document-invited", host)
    page.get_by_role("button", name="Share").click()
    page.get_by_label(re.compile("^Everyone in")).select_option("edit")
    page.keyboard.press("Escape")


def _history(take: Callable[..., None], page: Any, base: str, script: int) -> None:
    opened(page, f"{base}/documents/{script}")
    _caret(page, "Slow down")
    page.keyboard.press("End")
    page.keyboard.type(" Breathe.")
    page.locator(".saved[data-waiting='0']").wait_for()
    page.goto(f"{base}/documents/{script}/history")
    page.locator("[data-island=DocumentHistory][data-ready]").wait_for(state="attached")
    page.locator("nav[aria-label=Versions] button").first.wait_for()
    page.keyboard.press("n")
    page.keyboard.type("As approved")
    page.keyboard.press("Enter")
    page.get_by_text("is named").wait_for()
    take("document-history", page)
    page.keyboard.press("c")
    page.locator(".history-page ins").first.wait_for()
    take("document-history-changes", page)
    page.keyboard.press("c")
    page.keyboard.press("Home")
    page.get_by_text(re.compile("^Version 0 of")).wait_for()
    take("document-history-first", page)
