"""Warehouses: the codes by which every other call names them."""

from http import HTTPStatus
from typing import Any

from web.api import Blueprint
from web.auth import current_actor, signed_in
from web.db import reading
from web.paging import Page
from web.schemas import page_of
from web.schemas.warehouses import WarehouseOutput, WarehouseQuery
from web.warehouses import ListedWarehouse, page_of_warehouses

blueprint = Blueprint("api_warehouses", __name__, description="The stocking points of the network")


@blueprint.get("/warehouses")
@signed_in
@blueprint.arguments(WarehouseQuery, location="query")
@blueprint.response(HTTPStatus.OK, page_of(WarehouseOutput))
def list_warehouses(query: dict[str, Any]) -> Page[ListedWarehouse]:
    """The warehouses within reach, by code; of a tier, in a region, with a code that begins so where that is asked.

    Within reach is a warehouse at which the token allows anything at all.
    """
    with reading() as session:
        return page_of_warehouses(
            session,
            tier=query["tier"],
            region=query["region"],
            code=query["code"],
            cursor=query["cursor"],
            limit=query["limit"],
            by=current_actor(),
        )
