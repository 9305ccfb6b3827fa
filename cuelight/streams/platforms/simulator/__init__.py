"""The built-in platform: an audience that nobody has to sign in for, and recorded shows played again.

Everything here is *rehearsal*: it enters no figures. `audience` is pure, the same seed makes the same chat; `recording`
reads and writes shows as JSON Lines; `platform` hands either over like any other platform does; `on_air` tells the
audience what there is to talk about. `files` knows where recordings lie: in `samples/` or in the data folder's
``recordings/{studio_id}/``; how they come there is `cuelight.streams.recordings`' affair.
"""
