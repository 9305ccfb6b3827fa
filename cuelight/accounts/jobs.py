"""Jobs of people and studios."""

from procrastinate.contrib.django import app

from cuelight.accounts import actions


@app.periodic(cron="* * * * *")
@app.task(name="accounts.end_what_is_over", queue="default", pass_context=False)
def end_what_is_over(timestamp: int) -> None:
    """Guests, tokens and studio devices whose time has come."""
    actions.end_what_is_over()
