"""The log: one JSON line an event on standard error, UTC, with the request it belongs to and never a secret."""

import logging
import sys
from typing import Any

import structlog
from flask import Flask, g, request


def configure_log() -> None:
    """Set structlog up for this process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)  # locals hold tokens and people's data
            ),
            structlog.processors.JSONRenderer(ensure_ascii=True),  # escapes line breaks and bidirectional marks too
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


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
