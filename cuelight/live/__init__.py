"""The hub and the journal: live changes on their way from one key press to every screen.

Knows no product and no session. Words: a *frame* is one message on the wire, a *topic* an address, a *channel* its
handler; an *aggregate* is something live with one order of changes, its *head* the newest version, the *journal* the
list of its entries.
"""
