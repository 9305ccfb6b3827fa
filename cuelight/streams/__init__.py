"""What comes from the platforms a studio streams to, and what goes there: chat, follows, gifts, raids, viewers, orders.

Words: an *account* is a studio's account at a platform; a *feed* is that account being read, by exactly one process; an
*event* is one thing that happened there (`events.Event`), known by platform and id and never twice; *talk* is what
stands in the chat, everything else is an *activity*; a *stream* is one broadcast over all platforms; a *recording* is
what happened in one, in a file that can be played again. What nobody really did (the simulator's, a recording's) is
marked *rehearsal* and enters no figures.

The way in: adapter → `ingest` (one statement for all that waited: repeats fall out) → commit → broadcast. Platform
events are no live commands: they have a table of their own and no journal. What people do about them has: which
question is on the host's screen is part of the session.

Topics, for whoever may ``stream.watch``:

``chat:{studio_id}`` join → ``{events, last_id, can: {send, moderate, questions}}``: the newest `queries.RECENT` of the
talk, oldest first, as `events.shown` has them. ``events`` ``{events: [...]}``: new talk. ``removed`` ``{ids, why}``
and ``restored`` ``{events}``: by moderation, ours or the platform's.
Pushes: ``send {text, platforms?, reply_to?}`` → ``{sent: [{platform, ok, sentence}]}``; ``hide {id}``,
``restore {id}``, ``time_out {id, seconds}``, ``ban {id}``, ``unban {platform, user_id}`` → ``{sentence}``;
``older {before_id}`` → ``{events}``.

``stream:{studio_id}`` join → ``{feeds, air, stream, activity, viewers, server_time}``. ``feeds``: one row per platform,
`rows.FeedRow`; ``air``: `rows.AirRow`; ``stream``: the one that runs or null; ``activity``: the newest activities;
``viewers``: ``[{at, total, by: {platform: n}}]`` of the last two hours. Events: ``feed_changed`` (one row),
``feed_removed`` ``{platform}``, ``air_changed``, ``stream_changed``, ``activity`` ``{events}``, ``viewers`` (one of the
list).

``questions:{studio_id}`` join → ``{questions}``, `rows.QuestionRow`, the most asked first and of equals the oldest.
``question_changed`` (one row).
Pushes: ``done {id}``, ``dismiss {id}``, ``reopen {id}``, ``mark {event_id}``.

``wanted:{session_id}`` join → ``{wanted: {item_id: {total, recent}}}``; ``wanted`` the same again, once a second at
most: how often the lines of a lineup were asked for, in all and within the last two minutes.
"""
