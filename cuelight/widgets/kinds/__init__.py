"""Every kind of widget there is. To add one, copy the nearest folder and add a line here; the same in the front end.

A kind is four parts: what can be set of it, with defaults and presets (``settings.py``), and data to try it with
(``fake.py``), both here; how it is drawn (``Display.svelte``, ``display.css``) in ``frontend/src/widgets/kinds/``; the
settings page and the page in OBS are the same for all.
"""

from cuelight.widgets.contract import Kind
from cuelight.widgets.kinds import (
    alert_box,
    chat,
    event_list,
    follower_count,
    goal,
    product_card,
    question,
    supporters,
    ticker,
    timer,
    viewer_count,
)

#: By type, in the order they are offered.
KINDS: dict[str, Kind] = {
    kind.type: kind
    for kind in (
        alert_box.KIND,
        chat.KIND,
        product_card.KIND,
        event_list.KIND,
        goal.KIND,
        timer.KIND,
        viewer_count.KIND,
        follower_count.KIND,
        question.KIND,
        supporters.KIND,
        ticker.KIND,
    )
}
