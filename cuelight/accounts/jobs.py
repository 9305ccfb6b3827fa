"""Jobs of people and studios."""

from procrastinate.contrib.django import app

from cuelight.accounts import actions, mail
from cuelight.jobs import job


@job("accounts.send_mail", wait=6)
def send_mail(sealed: str) -> None:
    """Sends one mail; a mail server that is away is asked again for about half an hour."""
    mail.deliver(sealed)


@app.periodic(cron="* * * * *")
@app.task(name="accounts.end_what_is_over", queue="default", pass_context=False)
def end_what_is_over(timestamp: int) -> None:
    """Guests, tokens and studio devices whose time has come."""
    actions.end_what_is_over()
