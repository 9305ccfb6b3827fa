"""For tests: the mails that were asked for, as they wait in the queue; and whether somebody is in."""

import json
import re
from typing import NamedTuple

from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from cuelight import sealing
from cuelight.accounts import mail


class Mail(NamedTuple):
    to: str
    subject: str
    body: str

    def link(self) -> str:
        """The path of the first link in it."""
        found = re.search(r"http://localhost:4000(/\S+)", self.body)
        assert found is not None, self.body
        return found[1]


def mails() -> list[Mail]:
    """Oldest first."""
    rows = ProcrastinateJob.objects.filter(task_name="accounts.send_mail").order_by("id")
    return [Mail(*json.loads(sealing.unseal(row.args["sealed"], purpose=mail.PURPOSE))) for row in rows]


def is_in(browser: Client) -> bool:
    """Whether the home page opens, instead of leading to the sign-in."""
    answer = browser.get("/home")
    return not (answer.status_code == 302 and answer["Location"].startswith("/sign-in"))
