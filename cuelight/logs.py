"""How records are written: on standard error, one line each with time, level and logger; secrets are blanked.

In development for people, a traceback below its line; in production one JSON object per line, tracebacks inside.
"""

import json
import logging
import logging.config
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

BLANK = "•••"
#: First parts of paths of which the rest lets somebody in.
PATHS_WITH_SECRETS = ("enter", "invitation", "confirm-email", "password-reset", "w", "dock", "document-link")
#: What a record may quote that lets somebody in: tokens of sockets and HTTP, links, passwords in addresses, cookies.
#: And the query of any address: what people and their programs put there is nobody's to keep.
SECRETS = (
    re.compile(r"(?<![A-Za-z0-9])cue_[\w-]{8,}", re.ASCII),
    re.compile(r"(?<=[?&]token=)[^&\s\"']+"),
    re.compile(r"(?<=Bearer )[^\s\"',]+", re.IGNORECASE),
    re.compile(r"(?<=bearer\.phx\.)[\w+/=-]+"),
    re.compile(rf"(?:(?<=/{')|(?<=/'.join(f'{name}/' for name in PATHS_WITH_SECRETS)}))[^?\s\"'<>,;)\]}}]+"),
    re.compile(r"(?<=sealed=['\"])[^'\"]+"),
    re.compile(r"(?<=://)[^\s/@\"']+(?=@)"),
    re.compile(r"(?<=password=)[^\s&\"']+", re.IGNORECASE),
    re.compile(r"(?<=cuelight=)[^\s;\"']+"),
)
QUERY = re.compile(r"(/[^\s?\"'<>]*\?)[^\s\"'<>]+")
#: Of procrastinate's many records, those about jobs that failed.
TOLD_OF_JOBS = ("job_error", "job_error_retry", "job_aborted", "job_aborted_retry", "task_not_found")

STAMPS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper("iso", utc=True),
]


def configuration(*, production: bool, secret: str) -> dict[str, Any]:
    """What ``LOGGING`` says: our records and the libraries', on one handler."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter, "production": production, "secret": secret}},
        "filters": {"failures": {"()": lambda: tells_of_failure}, "brief": {"()": lambda: brief}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "cuelight": {"level": "INFO"},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            # A page that is not there is no event.
            "django.request": {"level": "ERROR"},
            # What is refused as too odd; anybody can send it by the thousand, so a line each is enough.
            **{
                f"django.security.{name}": {"level": "WARNING", "filters": ["brief"]}
                for name in (
                    *("DisallowedHost", "DisallowedRedirect", "RequestDataTooBig", "SuspiciousFileOperation"),
                    *("SuspiciousMultipartForm", "SuspiciousOperation", "TooManyFieldsSent", "TooManyFilesSent"),
                )
            },
            "django.server": {"handlers": [], "propagate": True},
            "procrastinate.worker": {"level": "INFO", "filters": ["failures"]},
            "procrastinate.worker.worker": {"level": "WARNING", "filters": ["brief"]},
            "procrastinate.utils": {"level": "WARNING", "filters": ["brief"]},
            # It tells of each attempt; who needed the connection says so once.
            "psycopg.pool": {"level": "ERROR"},
        },
    }


def configure(logging_settings: dict[str, Any]) -> None:
    """Sends structlog's records the way of all others. Called once per process, before anything is logged."""
    logging.config.dictConfig(logging_settings)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *STAMPS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def formatter(*, production: bool, secret: str) -> logging.Formatter:
    def blanked(_logger: WrappedLogger, _method: str, line: Any) -> str:
        return without_secrets(str(line), secret)

    for_people = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
    )
    for_machines: list[Processor] = [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=STAMPS,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            on_one_line,
            *(for_machines if production else [for_people]),
            blanked,
        ],
    )


def on_one_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {name: " / ".join(value.splitlines()) if isinstance(value, str) else value for name, value in event.items()}


def without_secrets(text: str, secret: str) -> str:
    for pattern in SECRETS:
        text = pattern.sub(BLANK, text)
    text = QUERY.sub(rf"\1{BLANK}", text)
    # In JSON a quote or an umlaut of it is written otherwise.
    for form in {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]} - {""}:
        text = text.replace(form, BLANK)
    return text


def tells_of_failure(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or getattr(record, "action", None) in TOLD_OF_JOBS


def brief(record: logging.LogRecord) -> bool:
    """For what comes often and says it all in its line, as when each part of the worker misses the database."""
    record.exc_info = None
    return True
