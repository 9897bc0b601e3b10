"""The speed figures: `make bench` runs `python -m tests.bench` and prints one JSON line a figure.

A figure is taken through HTTP from the server as it is delivered (granian, two workers of four threads), on a
PostgreSQL of its own with the demo network of the scale, by a load generator in a process of its own that shares the
machine. `cpu_ms` is what server and database used up for one request, told by the kernel, the client's share apart:
the steadiest figure. Latencies are by the client's clock. Where there is a yardstick, the same writes are made once
more as raw SQL by pgbench, in one round trip each, in a copy of the database, by as many clients, right after; row
counts of all tables are then equal, and `ratio` is our speed over pgbench's.

    suite.py       what is measured, in which order         figures.py    a figure and its line
    world.py       databases, people, server                machine.py    processor time and memory of processes
    load.py        bursts of requests, sent by client.py    accepting.py  part requests, with their yardstick.py
    looking_up.py  availability and scans                   floor.py      waves and picks

Planning is measured after that on a database of its own, and by itself by `python -m tests.bench.planning PAIRS`, which
takes a minute or two over 30,000 part-places.

    planning.py          nights, one part, the report       planning_world.py  442 places, parts, three years of demand
    planning_kernels.py  forecasts and stocks beside numpy  planning_goals.py  car parts, and the tree of 1, 6, 36, 400

SCALE=full (the default) also measures the small network first, shortly, and tells how figures grow with the data.
"""
