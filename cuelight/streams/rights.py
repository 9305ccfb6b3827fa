"""Rows of the policy: chat and events of the platforms, and what may be done there."""

from cuelight.accounts.policy import register

register("stream.watch", "see chat, activity and viewers", to="admin producer host control")
register("stream.read_chat", "read the chat", to="admin producer host control overlay")
register("stream.send", "write into the chats", to="admin producer", under="stream.watch")
register("stream.moderate", "hide messages and shut people out", to="admin producer", under="stream.watch")
register("stream.questions", "show and answer questions", to="admin producer control", under="stream.watch")
register("stream.reports", "see how streams went", to="admin producer", under="stream.watch")
register("stream.orders", "read order files in", to="admin producer", under="stream.watch")
register("stream.connect", "connect the studio's platforms", to="admin", under="stream.watch")
register("alert.watch", "follow the alerts", to="admin producer host control overlay")
register("alert.begun", "say which alert is drawn", to="overlay", under="alert.watch")
register("alert.run", "pause, skip and show alerts again", to="admin producer control", under="alert.watch")
register("alert.rules", "change which alerts are shown", to="admin producer", under="alert.watch")
