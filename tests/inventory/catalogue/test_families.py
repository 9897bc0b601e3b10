"""The rule of usability against a naive walk over the links of one day."""

from collections import deque
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.catalogue.families import Link, circular_links, families, parts_of, usable_parts

DAY_0 = date(2026, 1, 1)
days = st.integers(0, 6).map(lambda number: DAY_0 + timedelta(days=number))


@st.composite
def links(draw: st.DrawFn) -> list[Link]:
    """Links among up to seven parts, always from a lower to a higher number: without circles."""
    pairs = draw(st.sets(st.tuples(st.integers(1, 7), st.integers(1, 7)).filter(lambda pair: pair[0] < pair[1])))
    found = []
    for old, new in sorted(pairs):
        start = draw(days)
        length = draw(st.one_of(st.none(), st.integers(1, 5)))
        end = None if length is None else start + timedelta(days=length)
        found.append(Link(old, new, start, end, draw(st.booleans()), draw(st.booleans())))
    return found


def walk(links: list[Link], asked: int, on: date, *, only_using_up: bool = False) -> dict[int, int]:
    """How many steps away each part is that serves the asked one on a day; one link at a time."""
    steps = {asked: 0}
    queue = deque([asked])
    while queue:
        part = queue.popleft()
        for link in links:
            if not (link.valid_from <= on and (link.valid_to is None or on < link.valid_to)):
                continue
            serves = []
            if link.old_part_id == part and not only_using_up:
                serves.append(link.new_part_id)
            if link.new_part_id == part and link.interchangeable and (link.consume_old_first or not only_using_up):
                serves.append(link.old_part_id)
            for other in serves:
                if other not in steps:
                    steps[other] = steps[part] + 1
                    queue.append(other)
    del steps[asked]
    return steps


@settings(max_examples=300, deadline=None)
@given(links(), st.integers(-1, 12))
def test_what_is_kept_says_on_any_day_what_walking_the_links_of_that_day_says(links: list[Link], day: int) -> None:
    on = DAY_0 + timedelta(days=day)
    kept = {
        (row.asked_part_id, row.usable_part_id): row.preference
        for row in usable_parts(links)
        if row.valid_from <= on and (row.valid_to is None or on < row.valid_to)
    }
    walked = {}
    for asked in {part for link in links for part in (link.old_part_id, link.new_part_id)}:
        using_up = walk(links, asked, on, only_using_up=True)
        for usable, steps in walk(links, asked, on).items():
            walked[asked, usable] = -using_up[usable] if usable in using_up else steps
    assert kept == walked


@settings(max_examples=200, deadline=None)
@given(links())
def test_the_rows_of_two_parts_never_overlap(links: list[Link]) -> None:
    rows = sorted(usable_parts(links), key=lambda row: (row.asked_part_id, row.usable_part_id, row.valid_from))
    for earlier, later in pairwise(rows):
        if (earlier.asked_part_id, earlier.usable_part_id) == (later.asked_part_id, later.usable_part_id):
            assert earlier.valid_to is not None
            assert earlier.valid_to <= later.valid_from


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), unique=True))
def test_a_link_lies_on_a_circle_when_its_new_part_leads_back_to_the_old_one(pairs: list[tuple[int, int]]) -> None:
    def leads_to(start: int, goal: int) -> bool:
        seen, queue = {start}, [start]
        while queue:
            part = queue.pop()
            if part == goal:
                return True
            following = [new for old, new in pairs if old == part and new not in seen]
            seen.update(following)
            queue += following
        return False

    expected = [index for index, (old, new) in enumerate(pairs) if leads_to(new, old)]
    assert circular_links(pairs) == expected


def test_a_long_chain_is_walked_without_running_out_of_stack() -> None:
    chain = [(number, number + 1) for number in range(50_000)]
    assert circular_links([*chain, (50_000, 0)]) == list(range(50_001))


def test_older_parts_are_used_up_before_the_asked_one_oldest_first() -> None:
    chain = [
        Link(1, 2, DAY_0, None, interchangeable=True, consume_old_first=True),
        Link(2, 3, DAY_0, None, interchangeable=True, consume_old_first=True),
    ]
    order = sorted((row.preference, row.usable_part_id) for row in usable_parts(chain) if row.asked_part_id == 3)
    assert order == [(-2, 1), (-1, 2)]


def test_newer_parts_come_after_the_asked_one_nearest_first() -> None:
    chain = [
        Link(1, 2, DAY_0, None, interchangeable=False, consume_old_first=True),
        Link(2, 3, DAY_0, None, interchangeable=False, consume_old_first=True),
    ]
    order = sorted((row.preference, row.usable_part_id) for row in usable_parts(chain) if row.asked_part_id == 1)
    assert order == [(1, 2), (2, 3)]
    assert not [row for row in usable_parts(chain) if row.asked_part_id == 3]


def test_an_interchangeable_older_part_that_is_not_to_be_used_up_comes_after_the_asked_one() -> None:
    link = Link(1, 2, DAY_0, None, interchangeable=True, consume_old_first=False)
    assert [row.preference for row in usable_parts([link]) if row.asked_part_id == 2] == [1]


def test_families_hold_together_what_shares_a_part() -> None:
    pairs = [(1, 2), (5, 6), (3, 2), (6, 7)]
    assert sorted(sorted(parts_of(pairs, family)) for family in families(pairs)) == [[1, 2, 3], [5, 6, 7]]
