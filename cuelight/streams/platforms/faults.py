"""What goes wrong between us and a platform: the list that the fake of every platform brings about by name.

Plain data. A fake has a stroke for each row that its platform knows, its tests show the server's part, and the tests
of an adapter show the client's. A platform leaves out rows that it has no such thing for, and adds none of its own
without a row here.
"""

from dataclasses import dataclass
from typing import Literal

Where = Literal["socket", "frame", "delivery", "subscription", "request", "token", "answer"]


@dataclass(frozen=True, slots=True)
class Fault:
    """``server``: what the platform does. ``client``: what a good client must do about it."""

    name: str
    where: Where
    server: str
    client: str


AGAIN = "connects again after a backoff, subscribes again, loses nothing that was delivered, says reconnecting"
ALONE = "ignores that one frame, logs it once, goes on with the next; the connection stays"
LATER = "tries the request again after a backoff with jitter, a few times; never in a hot loop"
SORRY = "does not try again; says what was refused in a sentence; the feed goes on with the rest"
PERSON = "stops, marks the account as in need of a person, asks no more until somebody signed in again"

FAULTS: tuple[Fault, ...] = (
    # Deliveries.
    Fault("duplicate", "delivery", "sends each notification twice with the same id", "stores and shows it once"),
    Fault("late duplicate", "delivery", "sends a notification of a while ago again", "stores and shows it once"),
    Fault("out of order", "delivery", "sends later notifications before earlier ones", "stores all of them, each once"),
    # Frames.
    Fault("not JSON", "frame", "sends a text frame that is no JSON", ALONE),
    Fault("wrong shape", "frame", "sends JSON of the wrong shape: lists, nulls, numbers for objects", ALONE),
    Fault("binary", "frame", "sends a binary frame", ALONE),
    Fault("unknown message", "frame", "sends a type of message nobody has heard of", ALONE),
    Fault("unknown event", "frame", "sends a notification of a type nobody subscribed to", ALONE),
    Fault("broken event", "frame", "sends a notification whose event lacks its fields", ALONE),
    Fault("extra fields", "frame", "adds fields to every message", "reads the message as if they were not there"),
    # The socket.
    Fault(
        "silence",
        "socket",
        "keeps the connection and says nothing, no keepalive either",
        "notices within the keepalive time and some grace; then " + AGAIN,
    ),
    Fault("drop", "socket", "ends the connection without a close frame", AGAIN),
    Fault("drop in a frame", "socket", "ends the connection in the middle of a frame", AGAIN),
    Fault("handshake refused", "socket", "answers the next handshake with 503", AGAIN),
    Fault(
        "no welcome", "socket", "takes the connection and never says welcome", "gives up after a limit; then " + AGAIN
    ),
    Fault("late welcome", "socket", "says welcome late", "waits, or gives up and connects again; subscribes once"),
    Fault("slow drip", "socket", "sends its frames a few bytes at a time", "reads them; nothing is lost"),
    Fault(
        "reconnect",
        "socket",
        "tells to move to another address; both sockets deliver meanwhile",
        "opens the new one, waits for its welcome, closes the old; does not subscribe again; stores each event once",
    ),
    Fault(
        "reconnect without welcome",
        "socket",
        "tells to move to where nobody says welcome",
        "reads the old socket on; when it is closed " + AGAIN,
    ),
    Fault(
        "reconnect refused",
        "socket",
        "tells to move to where the socket is closed at once",
        "reads the old socket on; when it is closed " + AGAIN,
    ),
    Fault("close 4000", "socket", "closes: internal error", AGAIN),
    Fault("close 4001", "socket", "closes: the client sent something", AGAIN),
    Fault("close 4002", "socket", "closes: no pong came", AGAIN),
    Fault("close 4003", "socket", "closes: nothing was subscribed in time", AGAIN),
    Fault("close 4004", "socket", "closes: did not move in time", AGAIN),
    Fault("close 4005", "socket", "closes: network timeout", AGAIN),
    Fault("close 4006", "socket", "closes: network error", AGAIN),
    Fault("close 4007", "socket", "closes: the address to move to was wrong", AGAIN + "; at the first address"),
    # Subscriptions.
    Fault("revoked", "subscription", "ends the subscriptions: the person has removed the app", PERSON),
    Fault("one revoked", "subscription", "ends one subscription: its version is no more", SORRY),
    Fault("subscribing 400", "subscription", "calls the next subscription malformed", SORRY),
    Fault("subscribing 403", "subscription", "refuses the next subscription for want of a scope", SORRY),
    Fault("subscribing 409", "subscription", "says that the next subscription is there already", "takes it as made"),
    Fault("subscribing 429", "subscription", "says that a limit of subscriptions is exceeded", SORRY),
    Fault("subscribing 500", "subscription", "fails at the next subscription", LATER),
    # Tokens.
    Fault(
        "401 once",
        "token",
        "takes the access token no more; the refresh token is good",
        "refreshes once, however many requests found out; stores the new refresh token; asks again",
    ),
    Fault(
        "401 for ever",
        "token",
        "takes no access token, a fresh one neither",
        "refreshes once, asks once more; then " + PERSON,
    ),
    Fault("refresh fails", "token", "takes neither the access token nor the refresh token", PERSON),
    Fault("refresh 500", "token", "takes the access token no more and cannot refresh just now", LATER),
    # Requests.
    Fault("429 with a wait", "request", "refuses and says how long", "asks again not earlier than that"),
    Fault(
        "429 with a reset", "request", "refuses and says when the bucket is full", "asks again not earlier than that"
    ),
    Fault("429 alone", "request", "refuses and says nothing", LATER),
    Fault("500", "request", "fails twice", LATER),
    Fault("503", "request", "is away, with a page in HTML", LATER),
    Fault("slow", "request", "answers later than anybody waits", LATER),
    Fault("dribble", "request", "sends its answer a few bytes at a time, for longer than anybody waits", LATER),
    Fault("hang up", "request", "ends the connection without an answer", LATER),
    Fault("half an answer", "request", "ends the connection in the middle of the answer", LATER),
    Fault(
        "HTML", "request", "answers 200 with a page in HTML", "does not fall over; says that the answer made no sense"
    ),
    Fault("list", "request", "answers 200 with JSON of another shape", "does not fall over; says so likewise"),
    # Answers that look well.
    Fault(
        "not sent",
        "answer",
        "answers 200 to a message, and says in it that it was not sent",
        "says that it was not sent, and why",
    ),
    Fault("echo first", "answer", "sends the message back by the socket before it answers", "stores and shows it once"),
    Fault("empty page", "answer", "answers a list with nothing in it", "takes it as: there is none"),
    Fault("stream ends", "answer", "ends the broadcast in mid session", "says that it is no longer live; reads on"),
)

BY_NAME: dict[str, Fault] = {fault.name: fault for fault in FAULTS}
