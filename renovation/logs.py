"""Logs as JSON lines on standard error, one event a line, with the request's id and no personal data.

What stands in a line: time, level, logger, event, request id, user id (a number), method and path, status. What never does: query
strings (people search for names), network addresses and browsers, and what a database quotes from a refused row. Phone and identity
numbers that slip into a message are masked, whoever logs it.
"""

import logging
import re
from collections.abc import Iterator, MutableMapping
from typing import Any

import orjson
import structlog

DROPPED = ("ip", "user_agent", "color_message", "_record", "_from_structlog")
OURS = frozenset(
    {"code", "request_id", "level", "logger", "timestamp", "user_id"}
)  # written by this process, never by a person
PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
IDENTITY = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?![\dXx])")
# Whoever has the number of a complaint or an answer reads it (offices.receipts); as it is kept, and as people type it into an address.
RECEIPT = re.compile(r"(?<![\w-])([A-Z])-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}(?![\w-])")
OWN = re.compile(r"(/(?:complaints|remarks|n)/)(?![0-9a-f]{8}-)[^/\s]+")
DATABASE_DETAIL = re.compile(r"((?:DETAIL|CONTEXT|Key|Failing row contains)[:\s]).*")
QUERY = re.compile(r"\?\S*")


def mask(text: str) -> str:
    """``text`` without phone numbers, identity numbers, receipts and quoted database rows."""
    text = RECEIPT.sub(r"\1-****", OWN.sub(r"\1…", text))
    text = IDENTITY.sub(r"\1********\2", PHONE.sub(r"\1****\2", text))
    return DATABASE_DETAIL.sub(r"\1 …", text)


def impersonal(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last structlog processor before the line is written: nothing personal leaves the process."""
    for key in DROPPED:
        event.pop(key, None)
    if isinstance(event.get("request"), str):
        event["request"] = QUERY.sub("", event["request"])
    for key, value in event.items():
        if key not in OURS:
            event[key] = _masked(value)
    return event


def _line(event: dict[str, Any], **kwargs: Any) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: _masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(inner) for inner in value]
    return value if isinstance(value, int | float | bool | None) else mask(str(value))


def _processors() -> Iterator[Any]:
    """What every event goes through, whether structlog or the standard library wrote it."""
    yield structlog.contextvars.merge_contextvars
    yield structlog.stdlib.add_logger_name
    yield structlog.stdlib.add_log_level
    yield structlog.stdlib.PositionalArgumentsFormatter()
    yield structlog.processors.TimeStamper(fmt="iso", utc=True)
    yield structlog.processors.StackInfoRenderer()
    yield structlog.processors.format_exc_info


def configure_structlog() -> None:
    """Send structlog's events through the standard library, so that one handler writes all lines."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


class Lines(structlog.stdlib.ProcessorFormatter):
    """One JSON object a line; a record that brings its own line (``renovation.middleware``) is written as it is."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        own: str | None = getattr(record, "line", None)
        return super().format(record) if own is None else own


def formatter() -> logging.Formatter:
    """The formatter of every handler."""
    return Lines(
        foreign_pre_chain=list(_processors()),
        processors=[impersonal, structlog.processors.JSONRenderer(serializer=_line)],
    )


def configuration(level: str) -> dict[str, Any]:
    """Django's LOGGING; also the Celery worker's, which would put its own in place otherwise."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "renovation.logs.formatter"}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["lines"], "level": level},
        "loggers": {
            # Django prints whole requests and addresses; django_structlog says the same without them.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"level": "WARNING"},
            "axes": {
                "level": "ERROR"
            },  # it logs names and addresses of those who fail to log in; they stand in its table
            "fontTools": {"level": "ERROR"},
        },
    }
