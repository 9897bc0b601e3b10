"""How postings become rows of moves: the one INSERT that every statement which changes stock begins with."""

from collections.abc import Sequence
from typing import Any

from inventory.ledger.ends import Posting

MOVES = """
    INSERT INTO move (part_id, lot_id, unit_id, quantity,
                      from_place, from_warehouse_id, from_bin_id, from_holder_id, from_condition, from_owner_id,
                      to_place, to_warehouse_id, to_bin_id, to_holder_id, to_condition, to_owner_id,
                      document_kind, document_id, reason, reverses_id, actor_id, command_id, recorded_at)
    SELECT part_id, lot_id, unit_id, quantity,
           from_place, from_warehouse_id, from_bin_id, from_holder_id, from_condition, from_owner_id,
           to_place, to_warehouse_id, to_bin_id, to_holder_id, to_condition, to_owner_id,
           document_kind, document_id, reason, reverses_id, :actor_id, :command_id, :at
    FROM unnest(CAST(:part AS bigint[]), CAST(:lot AS bigint[]), CAST(:unit AS bigint[]), CAST(:quantity AS bigint[]),
                CAST(:from_place AS text[]), CAST(:from_warehouse AS bigint[]), CAST(:from_bin AS bigint[]),
                CAST(:from_holder AS bigint[]), CAST(:from_condition AS text[]), CAST(:from_owner AS bigint[]),
                CAST(:to_place AS text[]), CAST(:to_warehouse AS bigint[]), CAST(:to_bin AS bigint[]),
                CAST(:to_holder AS bigint[]), CAST(:to_condition AS text[]), CAST(:to_owner AS bigint[]),
                CAST(:document_kind AS text[]), CAST(:document AS bigint[]), CAST(:reason AS text[]),
                CAST(:reverses AS bigint[]))
         AS posting (part_id, lot_id, unit_id, quantity,
                     from_place, from_warehouse_id, from_bin_id, from_holder_id, from_condition, from_owner_id,
                     to_place, to_warehouse_id, to_bin_id, to_holder_id, to_condition, to_owner_id,
                     document_kind, document_id, reason, reverses_id)
"""


def move_columns(postings: Sequence[Posting]) -> dict[str, list[Any]]:
    """The postings as one array a column of a move."""
    return {
        "part": [one.part_id for one in postings],
        "lot": [one.lot_id for one in postings],
        "unit": [one.unit_id for one in postings],
        "quantity": [one.quantity for one in postings],
        "from_place": [str(one.source.place) for one in postings],
        "from_warehouse": [one.source.warehouse_id for one in postings],
        "from_bin": [one.source.bin_id for one in postings],
        "from_holder": [one.source.holder_id for one in postings],
        "from_condition": [str(one.source.condition) for one in postings],
        "from_owner": [one.source.owner_id for one in postings],
        "to_place": [str(one.target.place) for one in postings],
        "to_warehouse": [one.target.warehouse_id for one in postings],
        "to_bin": [one.target.bin_id for one in postings],
        "to_holder": [one.target.holder_id for one in postings],
        "to_condition": [str(one.target.condition) for one in postings],
        "to_owner": [one.target.owner_id for one in postings],
        "document_kind": [str(one.document.kind) for one in postings],
        "document": [one.document.id for one in postings],
        "reason": [one.reason for one in postings],
        "reverses": [one.reverses_id for one in postings],
    }
