"""Overlays for OBS: what widgets can be set to, which of them stand where on an overlay, and the page that shows it.

A *widget* is one configurable box of a kind (`kinds/`, a folder each); a studio has one set of settings per kind,
defaults where nobody set any. An *overlay* is a page of widgets under a secret address, ``/w/{token}``, that OBS shows.
What widgets show is never made here: the card is the sessions', alerts and chat are the streams'.

Topics: ``overlays:{studio_id}`` (state: panic, what is hidden), ``overlay:{overlay_id}`` (a layout),
``widget_config:{type}:{studio_id}`` (settings of a kind), ``audience:{studio_id}`` (what overlays may know of viewers,
followers, gifts, the pinned question and the clock of the show). Aggregate: ``overlays:{studio_id}``.
"""
