"""The simulator's entry among the platforms. Its account needs no sign-in: a row is enough."""

from cuelight.streams.platforms.contract import Account
from cuelight.streams.platforms.simulator.actions import Actions
from cuelight.streams.platforms.simulator.adapter import ABILITIES, Adapter
from cuelight.streams.platforms.simulator.happenings import KEY


class Simulator:
    """The platform's folder, as the registry has it."""

    key = KEY
    name = "Simulated audience"
    abilities = ABILITIES

    def adapter(self, account: Account) -> Adapter:
        return Adapter(account)

    def actions(self, account: Account) -> Actions:
        return Actions(account)


PLATFORM = Simulator()
