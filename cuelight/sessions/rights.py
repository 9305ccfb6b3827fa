"""Rows of the policy: live sessions, and the card that the public sees."""

from cuelight.accounts.policy import register

CREW = "admin producer host watch control"
DESK = "admin producer control"

register("session.list", "see which sessions there are", to=CREW)
register("session.watch", "follow a session as its host sees it", to=CREW)
register("session.acknowledge", "say that a message was seen", to="admin producer host control", under="session.watch")
register("session.drive", "move the show", to=DESK, where={"host": "host_may_drive"}, under="session.watch")
register("session.console", "arm, run the clock, start and end the show", to=DESK, under="session.watch")
register("session.read_notes", "read what is meant for the crew only", to="admin producer", under="session.watch")
register("session.history", "look back at a show", to="admin producer", under="session.watch")
register("session.edit_lineup", "change the lineup", to="admin producer", under="session.watch")
register("session.undo_others", "take back what somebody else did", to="admin producer control", under="session.watch")
register("session.settings", "change how a session runs", to="admin producer", under="session.watch")
register("session.create", "make a session", to="admin producer", under="session.watch")
register("session.delete", "delete a session", to="admin", under="session.watch")
register("air.watch", "see the product card", to="admin producer host cataloger overlay watch control")
