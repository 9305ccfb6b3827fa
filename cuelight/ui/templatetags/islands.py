"""``{% assets %}`` in the head, ``{% island "Name" props %}`` in the body.

Django renders the page, Svelte what moves while one looks at it.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString

from cuelight.ui import manifest

register = template.Library()


@register.simple_tag
def assets(island: str | None = None) -> SafeString:
    """Styles, preloads and the one script of the front end."""
    return _tags(manifest.assets(island))


@register.simple_tag
def overlay_assets(kinds: Iterable[str]) -> SafeString:
    """As ``assets``, of the page in OBS with these kinds of widgets."""
    return _tags(manifest.overlay_assets(kinds))


@register.simple_tag
def overlay_styles() -> SafeString:
    """Of a page that stands where one in OBS did, without its script."""
    return _tags(replace(manifest.overlay_assets(), scripts=(), preloads=()))


def _tags(needed: manifest.Assets) -> SafeString:
    styles = format_html_join("\n", '<link rel="stylesheet" href="{}">', ((url,) for url in needed.styles))
    preloads = format_html_join("\n", '<link rel="modulepreload" href="{}">', ((url,) for url in needed.preloads))
    scripts = format_html_join("\n", '<script type="module" src="{}"></script>', ((url,) for url in needed.scripts))
    return format_html("{}\n{}\n{}", styles, preloads, scripts)


@register.simple_tag
def island(name: str, props: dict[str, Any] | None = None) -> SafeString:
    """The place of a Svelte root. Props travel as JSON in a script element, escaped against closing it."""
    element_id = f"props-{name}"
    return format_html(
        '<div data-island="{}" data-props="{}"></div>{}', name, element_id, json_props(props, element_id)
    )


class _Close(DjangoJSONEncoder):
    """Without the blanks that nobody reads: a tenth of what an overlay's page weighs by itself."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**(options | {"separators": (",", ":")}))


@register.simple_tag
def json_props(props: dict[str, Any] | None, element_id: str) -> SafeString:
    """What a script finds under this id."""
    return json_script(props or {}, element_id, encoder=_Close)
