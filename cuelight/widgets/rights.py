"""Rows of the policy: overlays, and how their widgets look."""

from cuelight.accounts.policy import register

register("overlay.watch", "see what overlays show", to="admin producer host control overlay")
register("overlay.hide", "hide overlays and show them again", to="admin producer control", under="overlay.watch")
register("overlay.edit", "change overlays and widgets", to="admin producer", under="overlay.watch")
