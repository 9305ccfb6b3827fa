"""Rows of the policy: overlays, and how their widgets look."""

from cuelight.accounts.policy import register

register("overlay.watch", "see what overlays show", to="admin producer host control overlay")
register("overlay.hide", "hide overlays and show them again", to="admin producer control", under="overlay.watch")
register("overlay.edit", "change overlays and widgets", to="admin producer", under="overlay.watch")
register("dock.open", "follow the show from a dock", to="admin producer control watch")
register("dock.obs", "switch scenes in OBS and say whether it streams", to="admin producer control", under="dock.open")
register("dock.edit", "make docks and take them back", to="admin producer", under="dock.open")
