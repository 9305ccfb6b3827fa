"""``{% assets %}`` in the head, ``{% island "Name" props %}`` in the body.

Django renders the page, Svelte what moves while one looks at it.
"""

from dataclasses import replace
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString

from cuelight.ui import manifest

register = template.Library()


@register.simple_tag
def assets(island: str | None = None) -> SafeString:
    """Styles, preloads and the one script of the front end."""
    return _tags(manifest.assets(island))


@register.simple_tag
def overlay_assets(only: str = "") -> SafeString:
    """As ``assets``, of the page in OBS; ``"styles"``: without its script."""
    needed = manifest.assets(entry=manifest.OVERLAY_ENTRY)
    return _tags(replace(needed, scripts=(), preloads=()) if only == "styles" else needed)


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
        '<div data-island="{}" data-props="{}"></div>{}', name, element_id, json_script(props or {}, element_id)
    )
