"""Work orders with all that stands below them: the contexts are connected as in the running program."""

import pytest

from inventory import subscriptions


@pytest.fixture(autouse=True)
def _connected() -> None:
    subscriptions.connect()
