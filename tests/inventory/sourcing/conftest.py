"""Sourcing is tested with the contexts connected, as they are when the program runs."""

from collections import defaultdict

import pytest

from inventory import events, subscriptions


@pytest.fixture(autouse=True)
def _connected(monkeypatch):
    monkeypatch.setattr(events, "_listeners", defaultdict(list))
    subscriptions.connect()
