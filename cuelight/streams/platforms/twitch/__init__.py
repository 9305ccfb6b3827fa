"""A studio's channel at Twitch: EventSub over a WebSocket for what happens, Helix for what is done.

`wire` (pure) says what a message of EventSub is in our words; `socket` is one WebSocket, `reading` follows the channel
over as many as it takes, `delivering` hands what was heard on in its order, `polling` asks for what nobody tells,
`subscriptions` is what is asked to be told. `asking` is one bounded request, `client` speaks Helix through it, `oauth`
gets and ends tokens, `tokens` keeps them: one renewal at a time, in all processes. `actions` writes, moderates and
names the stream; `connecting` and `views` begin and end it all. `faults` holds the sentences for people.

Nothing is ever sent on the WebSocket: Twitch closes one that talks.
"""
