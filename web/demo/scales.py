"""How large a demo is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """The counts of one size of the demo network, and how much of the history each part of it gets."""

    name: str
    stations: int | None  # None: two in each distribution centre's city and two in prefectures near it
    engineers_per_station: int
    parts: int
    models: int
    parts_per_station: int  # drawn by popularity, so that a few more are drawn than differ
    parts_per_centre: int  # likewise, beside what its stations need
    deliveries_per_supplier: int  # to a central warehouse, in one season
    usage_share: float  # of the parts a station stocks: those whose use is recorded, move by move
    asked_share: float  # of the parts of a region: those of which three years of demand are told
    central_aisles: int
    centre_aisles: int


SMALL = Scale(
    name="small",
    stations=None,
    engineers_per_station=2,
    parts=640,
    models=80,
    parts_per_station=190,
    parts_per_centre=900,
    deliveries_per_supplier=1,
    usage_share=1.0,
    asked_share=1.0,
    central_aisles=6,
    centre_aisles=3,
)
FULL = Scale(
    name="full",
    stations=5_300,
    engineers_per_station=1,
    parts=60_000,
    models=3_000,
    parts_per_station=410,
    parts_per_centre=60_000,
    deliveries_per_supplier=20,
    usage_share=0.02,
    asked_share=0.2,
    central_aisles=60,
    centre_aisles=20,
)
SCALES = {scale.name: scale for scale in (SMALL, FULL)}
