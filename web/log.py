"""The log: one JSON line an event on standard error, UTC, with the request it belongs to and never a secret."""

import logging
import sys
from typing import Any

import structlog
from flask import Flask, g, request

STAMPED = (structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True))
RENDERED = (
    structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False)  # locals hold tokens and people's data
    ),
    structlog.processors.JSONRenderer(ensure_ascii=True),  # escapes line breaks and bidirectional marks too
)


def configure_log() -> None:
    """Set structlog up for this process."""
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *STAMPED, *RENDERED],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def log_as_json() -> None:
    """Let what serves no requests, and tells what it does by the standard loggers, write the same lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *STAMPED],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *RENDERED],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def init_log(app: Flask) -> None:
    """Name the request in every line written during it."""

    @app.before_request
    def name_request() -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(method=request.method, path=request.path, address=request.remote_addr)

    @app.after_request
    def name_person(response: Any) -> Any:
        access = g.get("access")
        if access is not None:
            structlog.contextvars.bind_contextvars(person=access.actor.person_id)
        return response
