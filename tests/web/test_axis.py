"""Figures beside the axis of a chart fit between it and the edge of the picture, however large they are."""

import pytest
from flask_babel import force_locale

from web.demand import LEFT
from web.replenishment_charts import LEFT as LEFT_OF_PLAN
from web.showing import tell_axis

PHONE_LETTER = 12
"""How wide a digit is drawn at most, on a phone. Units: of the picture."""


@pytest.mark.parametrize(
    ("figure", "english", "chinese"),
    [
        (0.0, "0", "0"),
        (0.25, "0.25", "0.25"),
        (9000, "9,000", "9,000"),
        (10000, "10K", "1万"),
        (150000, "150K", "15万"),
    ],
)
def test_an_axis_is_told_in_few_letters(app, figure, english, chinese):
    for locale, told in (("en", english), ("zh", chinese)):
        with app.test_request_context(), force_locale(locale):
            assert tell_axis(figure) == told


@pytest.mark.parametrize("figure", [0.05, 2_500, 9_999, 12_500, 999_000, 250_000_000, 999_999_999])
def test_a_figure_fits_beside_its_axis(app, figure):
    for locale in ("en", "zh"):
        with app.test_request_context(), force_locale(locale):
            assert len(tell_axis(figure)) * PHONE_LETTER <= min(LEFT, LEFT_OF_PLAN) + PHONE_LETTER
