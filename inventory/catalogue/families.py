"""Which part may serve demand for which other: the links followed as far as they reach. Pure; no database.

A family is a set of parts held together by links. Within it, on a day, a step leads from an asked part to one that
serves in its place: from the old part to the new one always, from the new to the old one where they are
interchangeable. Steps join: what serves the part that serves me, serves me.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

FAMILY_PARTS_MAX = 100
"""More parts than this in one family are a mistake in the data: every part of it is worked out against every other."""


@dataclass(frozen=True, slots=True)
class Link:
    """The new part replaces the old one one for one, from a day until the day before another."""

    old_part_id: int
    new_part_id: int
    valid_from: date
    valid_to: date | None
    interchangeable: bool
    consume_old_first: bool

    def holds(self, on: date) -> bool:
        """Whether the link is valid on the day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class Usable:
    """While the dates last, the usable part may serve demand for the asked one, in this order of preference."""

    asked_part_id: int
    usable_part_id: int
    valid_from: date
    valid_to: date | None
    preference: int


def usable_parts(links: Sequence[Link]) -> list[Usable]:
    """Work out every pair, with the days on which it holds; rows of one pair never overlap."""
    found: list[Usable] = []
    for family in families([(link.old_part_id, link.new_part_id) for link in links]):
        found += _usable_in_family([links[index] for index in family])
    return found


def preferences(links: Sequence[Link], asked: int) -> dict[int, int]:
    """The parts that serve demand for the asked one by these links, with their place in the order.

    Below 0: older parts to be used up before it, the most steps away first; every step to them says so. Above 0:
    the others, the fewest steps away first.
    """
    using_up = _distances(_steps_down(links, only_using_up=True), asked)
    all_steps = _distances(_all_steps(links), asked)
    return {part: -using_up[part] if part in using_up else steps for part, steps in all_steps.items() if part != asked}


def circular_links(links: Sequence[tuple[int, int]]) -> list[int]:
    """The indices of the links that lie on a circle, a part being replaced by itself in the end.

    Strong components by Kosaraju's two walks, without recursion: chains may be long in a damaged file.
    """
    forwards, backwards = defaultdict(list), defaultdict(list)
    for old, new in links:
        forwards[old].append(new)
        backwards[new].append(old)
    component: dict[int, int] = {}
    for root in reversed(_finishing_order(forwards)):
        if root not in component:
            queue = [root]
            component[root] = root
            while queue:
                for before in backwards[queue.pop()]:
                    if before not in component:
                        component[before] = root
                        queue.append(before)
    return [index for index, (old, new) in enumerate(links) if component[old] == component[new]]


def families(links: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The indices of the links, put together where they share a part directly or by way of others."""
    leader: dict[int, int] = {}

    def lead(part: int) -> int:
        while leader.setdefault(part, part) != part:
            leader[part] = leader[leader[part]]
            part = leader[part]
        return part

    for old, new in links:
        leader[lead(old)] = lead(new)
    members: dict[int, list[int]] = defaultdict(list)
    for index, (old, _) in enumerate(links):
        members[lead(old)].append(index)
    return list(members.values())


def parts_of(links: Sequence[tuple[int, int]], family: Iterable[int]) -> set[int]:
    """The parts that a family's links hold together."""
    return {part for index in family for part in links[index]}


def _usable_in_family(links: Sequence[Link]) -> list[Usable]:
    """Work the family out once for each stretch of days on which the same links hold, and join equal stretches."""
    parts = sorted({part for link in links for part in (link.old_part_id, link.new_part_id)})
    stretches: dict[tuple[int, int], list[Usable]] = defaultdict(list)
    for start, end in _stretches(links):
        valid = [link for link in links if link.holds(start)]
        for asked in parts if valid else ():
            for usable, preference in preferences(valid, asked).items():
                earlier = stretches[asked, usable]
                before = earlier[-1] if earlier else None
                if before is not None and before.valid_to == start and before.preference == preference:
                    start_of_stretch = earlier.pop().valid_from
                else:
                    start_of_stretch = start
                earlier.append(Usable(asked, usable, start_of_stretch, end, preference))
    return [one for rows in stretches.values() for one in rows]


def _stretches(links: Sequence[Link]) -> list[tuple[date, date | None]]:
    """The days cut wherever a link begins or ends; the last stretch is open."""
    cuts: set[date] = {link.valid_from for link in links} | {link.valid_to for link in links if link.valid_to}
    days: list[date] = sorted(cuts)
    return [*pairwise(days), (days[-1], None)]


def _steps_down(links: Sequence[Link], *, only_using_up: bool) -> defaultdict[int, list[int]]:
    steps: defaultdict[int, list[int]] = defaultdict(list)
    for link in links:
        if link.interchangeable and (link.consume_old_first or not only_using_up):
            steps[link.new_part_id].append(link.old_part_id)
    return steps


def _all_steps(links: Sequence[Link]) -> defaultdict[int, list[int]]:
    steps = _steps_down(links, only_using_up=False)
    for link in links:
        steps[link.old_part_id].append(link.new_part_id)
    return steps


def _distances(steps: Mapping[int, Iterable[int]], start: int) -> dict[int, int]:
    distances, queue = {start: 0}, deque([start])
    while queue:
        part = queue.popleft()
        for next_part in steps.get(part, ()):
            if next_part not in distances:
                distances[next_part] = distances[part] + 1
                queue.append(next_part)
    return distances


def _finishing_order(forwards: Mapping[int, Sequence[int]]) -> list[int]:
    """The parts in the order in which a depth-first walk has seen all that lies behind them."""
    seen: set[int] = set()
    finished: list[int] = []
    for root in list(forwards):
        stack = [(root, iter(forwards[root]))] if root not in seen else []
        seen.add(root)
        while stack:
            part, rest = stack[-1]
            unseen = next((one for one in rest if one not in seen), None)
            if unseen is None:
                finished.append(part)
                stack.pop()
            else:
                seen.add(unseen)
                stack.append((unseen, iter(forwards.get(unseen, ()))))
    return finished
