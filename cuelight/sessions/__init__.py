"""Live selling sessions: the lineup, what is on air, the message to the host.

Words: a *session* is one show; its *lineup* the ordered *items*, each a product with a number (``position``) and what
the session says otherwise about it (overrides). *On air* is the item that the screens show. The *card* is the product
card that overlays show. A session's changes go through the journal; every rule is in ``state.py``.

Topics: ``session:{id}:state`` (what is on air), ``session:{id}:meta`` (lineup and settings),
``session:{id}:presence``, ``air:{studio_id}`` (the card, for overlays), ``import:{id}`` (an import's progress). Their
commands and events are listed in ``docs/protocol.md``.
"""
