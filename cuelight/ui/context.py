"""What the base template needs on every page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

#: How light office pages are, as the switch has it. ``theme.ts`` keeps the choice in a cookie.
THEMES = (("system", "System"), ("light", "Light"), ("dark", "Dark"))
THEME_COOKIE = "cuelight-theme"
#: "collapsed" for pictures alone. ``sidebar.ts`` keeps the choice.
SIDEBAR_COOKIE = "cuelight-sidebar"


def shell(request: HttpRequest) -> dict[str, Any]:
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    theme = chosen if chosen in dict(THEMES) else "system"
    collapsed = request.COOKIES.get(SIDEBAR_COOKIE) == "collapsed"
    return {
        "demo": settings.DEMO,
        "here": request.path,
        "theme": theme,
        "themes": THEMES,
        "sidebar_collapsed": collapsed,
    }
