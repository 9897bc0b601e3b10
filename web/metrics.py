"""Figures for Prometheus: requests by route, method and status, and how long they took.

With several workers PROMETHEUS_MULTIPROC_DIR has to name a folder that is emptied at the start (`beijian serve` does);
without it each worker tells its own figures only.
"""

import os
import time

from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Histogram,
    generate_latest,
    multiprocess,
)

REQUEST_SECONDS = Histogram(
    "beijian_request_seconds",
    "Time to answer a request",
    ("endpoint", "method", "status"),
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 30),
)


def exposition() -> Response:
    """The figures of all workers."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def init_metrics(app: Flask) -> None:
    """Measure every request, when the setting asks for it."""
    if not app.config["METRICS"]:
        return

    @app.before_request
    def start_clock() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def stop_clock(response: Response) -> Response:
        labels = (request.endpoint or "none", request.method, str(response.status_code))
        REQUEST_SECONDS.labels(*labels).observe(time.perf_counter() - g.started)
        return response
