"""Twitch, as the rest of the product sees it."""

from cuelight.streams.platforms.contract import Abilities, Account, Actions, Adapter, Platform
from cuelight.streams.platforms.twitch.actions import TwitchActions
from cuelight.streams.platforms.twitch.reading import ABILITIES, TwitchAdapter


class Twitch:
    key: str = "twitch"
    name: str = "Twitch"
    abilities: Abilities = ABILITIES

    def adapter(self, account: Account) -> Adapter:
        return TwitchAdapter(account)

    def actions(self, account: Account) -> Actions:
        return TwitchActions(account)


PLATFORM: Platform = Twitch()
