"""Parts: found, told with their family, and where they are."""

from http import HTTPStatus
from typing import Any

from inventory import catalogue, sourcing
from inventory.db import database_now
from inventory.identity import Permission
from inventory.sourcing import AvailableSource
from web.api import Blueprint
from web.auth import current_access, current_actor, requires
from web.db import reading
from web.paging import Page
from web.parts import FoundPart, division_of, find_parts
from web.schemas import page_of
from web.schemas.parts import AvailabilityOutput, AvailabilityQuery, FoundPartOutput, PartOutput, PartQuery
from web.stock import warehouse_within

blueprint = Blueprint("api_parts", __name__, description="What is stocked, and where it could come from")


@blueprint.get("/parts")
@requires(Permission.SEARCH_PARTS)
@blueprint.arguments(PartQuery, location="query")
@blueprint.response(HTTPStatus.OK, page_of(FoundPartOutput))
def list_parts(query: dict[str, Any]) -> Page[FoundPart]:
    """Parts by number, GTIN, Chinese or English name, pinyin or its initials, or product model; best matches first.

    Nothing asked finds nothing. With `model` they are the lines of its bill of material, by number.
    """
    with reading() as session:
        on = database_now(session).date()
        return find_parts(
            session, query["q"], model=query["model"], on=on, cursor=query["cursor"], limit=query["limit"]
        )


@blueprint.get("/parts/<number>")
@requires(Permission.SEARCH_PARTS)
@blueprint.response(HTTPStatus.OK, PartOutput)
def show_part(number: str) -> dict[str, Any]:
    """A part with the models it fits and its family: what replaces it, what it replaces, what is sent in its place."""
    with reading() as session:
        part = catalogue.get_part(session, number)
        relatives = sourcing.list_relatives(session, [part.id], on=database_now(session).date())
        models = catalogue.models_of_part(session, part.id)
        division = division_of(session, part)
    return {
        "number": part.number,
        "name_zh": part.name_zh,
        "name_en": part.name_en,
        "division_zh": division.name_zh,
        "division_en": division.name_en,
        "gtin": part.gtin,
        "base_unit": part.base_unit,
        "serial_tracked": part.serial_tracked,
        "weight_g": part.weight_g,
        "active": part.active,
        "models": [model.code for model in models],
        "family": relatives.get(part.id, []),
    }


@blueprint.get("/parts/<number>/availability")
@requires(Permission.SEE_AVAILABILITY)
@blueprint.arguments(AvailabilityQuery, location="query")
@blueprint.response(HTTPStatus.OK, AvailabilityOutput)
def show_availability(query: dict[str, Any], number: str) -> dict[str, Any]:
    """Who could supply a part to a warehouse, and by when: its own shelf, its neighbours and all upper warehouses.

    Numbers that serve in its place are candidates too. Of a foreign warehouse it is told whether it has enough, not
    how much.
    """
    by = current_actor()
    with reading() as session:
        part = catalogue.get_part(session, number)
        warehouse = warehouse_within(session, query["warehouse"], Permission.SEE_AVAILABILITY, by=by)
        candidates = sourcing.list_availability(
            session,
            part.id,
            warehouse_id=warehouse.id,
            quantity=query["quantity"],
            by=by,
            at=current_access().at,
        )
    return {
        "part": part.number,
        "warehouse": warehouse.code,
        "quantity": query["quantity"],
        "candidates": [_candidate(one) for one in candidates],
    }


def _candidate(one: AvailableSource) -> dict[str, Any]:
    source = one.source
    return {
        "source": source.code,
        "source_zh": source.name_zh,
        "source_en": source.name_en,
        "tier": source.tier,
        "part": source.part_number,
        "delivery_class": source.delivery_class,
        "hours": source.hours,
        "promised_at": source.promised_at,
        "distance_km": round(source.distance_km, 1),
        "enough": one.enough,
        "available": one.available,
    }
