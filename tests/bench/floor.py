"""The warehouse floor: a wave released, its tasks picked by scan."""

from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select, text

from inventory.catalogue import Part
from inventory.identity import Role
from inventory.ledger import Lot
from inventory.network import Bin, Warehouse
from inventory.warehousing import PickTask, TaskStatus
from tests.bench.figures import Figure, percentile
from tests.bench.load import Ask, Burst, send, summed_up
from tests.bench.looking_up import part_label
from tests.bench.world import World, employ

LINES_OF_REQUEST = 200

# For each upper warehouse a repair centre of its province, in a city without one, that is nearest to it: its source.
_SUPPLIED = text("""
    SELECT near.code AS warehouse, station.code AS station, near.id AS warehouse_id, station.city_code
    FROM warehouse station
    JOIN LATERAL (
        SELECT id, code FROM warehouse upper
        WHERE upper.tier <> 'repair' AND upper.province_code = station.province_code
          AND upper.city_code <> station.city_code
        ORDER BY (upper.latitude - station.latitude) ^ 2 + (upper.longitude - station.longitude) ^ 2, id LIMIT 1
    ) near ON true
    WHERE station.tier = 'repair' AND NOT EXISTS (
        SELECT FROM warehouse hub WHERE hub.tier <> 'repair' AND hub.province_code = station.province_code
          AND (hub.city_code = station.city_code OR hub.id <> near.id))
    ORDER BY station.id
""")
# Parts of which the warehouse has some, and no repair centre of that city.
_ITS_PARTS = text("""
    SELECT part.number, held.on_hand - held.reserved AS free
    FROM balance held JOIN part ON part.id = held.part_id
    WHERE held.warehouse_id = :warehouse_id AND held.on_hand > held.reserved AND part.active
      AND NOT EXISTS (
        SELECT FROM balance shelf JOIN warehouse station ON station.id = shelf.warehouse_id
        WHERE shelf.part_id = held.part_id AND station.city_code = :city_code AND station.tier = 'repair'
          AND shelf.on_hand > shelf.reserved)
      AND NOT EXISTS (SELECT FROM usable_part u WHERE u.asked_part_id = held.part_id)
    ORDER BY part.id
""")


@dataclass(frozen=True)
class Floor:
    """A warehouse where lines wait to be released, with its lead and as many operators as scanners."""

    warehouse: str
    lead: str
    scanners: list[str]


def fill_waves(world: World, *, lines: int, waves: int, scanners: int) -> Floor:
    """Request parts so that one warehouse has that many lines reserved, as often as `waves`; employ its people."""
    with world.session() as session:
        for supplied in session.execute(_SUPPLIED).all():
            parts = session.execute(
                _ITS_PARTS, {"warehouse_id": supplied.warehouse_id, "city_code": supplied.city_code}
            ).all()
            if sum(part.free for part in parts) >= lines * waves:
                break
        else:
            raise AssertionError("no warehouse has enough stock for the waves")
        at = {code: session.scalars(select(Warehouse).where(Warehouse.code == code)).one() for code in supplied[:2]}
        _, asker = employ(session, Role.ENGINEER, at[supplied.station])
        _, lead = employ(session, Role.WAREHOUSE_LEAD, at[supplied.warehouse])
        operators = [employ(session, Role.WAREHOUSE_OPERATOR, at[supplied.warehouse])[1] for _ in range(scanners)]
    # A round takes one unit of each part that has one more, so that no request names a part twice.
    rounds = range(max(part.free for part in parts))
    wanted = list(islice((part.number for turn in rounds for part in parts if part.free > turn), lines * waves))
    asks = [
        Ask(
            "POST",
            "/part-requests",
            asker,
            {"warehouse": supplied.station, "lines": [{"part": part, "quantity": 1} for part in request]},
            f"bench-{world.scale}-wave-{start}",
        )
        for start in range(0, len(wanted), LINES_OF_REQUEST)
        if (request := wanted[start : start + LINES_OF_REQUEST])
    ]
    send(world.target, asks, clients=2)
    return Floor(supplied.warehouse, lead, operators)


def measure_waves(world: World, floor: Floor, *, lines: int, waves: int) -> Figure:
    """The release of waves: the oldest lots given to the lines, pick tasks in walking order; seconds a wave."""
    bursts: list[Burst] = []
    for n in range(waves):
        ask = Ask("POST", f"/warehouses/{floor.warehouse}/waves", floor.lead, key=f"bench-{world.scale}-release-{n}")
        bursts.append(send(world.target, [ask], clients=1))
    seconds = [burst.latencies[0] for burst in bursts]
    return Figure(
        f"wave_release_{lines}",
        world.scale,
        percentile(seconds, 0.5),
        "s",
        p50_ms=percentile(seconds, 0.5) * 1000,
        p95_ms=percentile(seconds, 0.95) * 1000,
        cpu_ms=sum(burst.cpu_ms for burst in bursts) / waves,
        runs=waves,
    )


def measure_picks(world: World, floor: Floor, *, picks: int, runs: int) -> Figure:
    """Tasks confirmed by the scans of bin and label, by all scanners at once."""
    with world.session() as session:
        tasks = session.execute(
            select(PickTask.id, PickTask.quantity, Bin.code, Part.number, Part.gtin, Lot.number.label("lot"))
            .join(Bin, Bin.id == PickTask.bin_id)
            .join(Part, Part.id == PickTask.part_id)
            .join(Lot, Lot.id == PickTask.lot_id)
            .join(Warehouse, Warehouse.id == PickTask.warehouse_id)
            .where(Warehouse.code == floor.warehouse, PickTask.status == TaskStatus.RELEASED)
            .order_by(PickTask.id)
            .limit(picks * runs)
        ).all()
    asks = [
        Ask(
            "POST",
            f"/tasks/{task.id}/confirm",
            floor.scanners[n % len(floor.scanners)],
            {"bin": task.code, "part": part_label(task.number, task.gtin, task.lot), "quantity": task.quantity},
            f"bench-{world.scale}-pick-{task.id}",
        )
        for n, task in enumerate(tasks)
    ]
    clients = len(floor.scanners)
    bursts = [send(world.target, asks[run::runs], clients=clients, status=200) for run in range(runs)]
    return summed_up(f"pick_confirm_c{clients}", world.scale, bursts)
