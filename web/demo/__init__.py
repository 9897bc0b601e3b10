"""The demo network: a maker's after-sales network as it could be, from nothing, the same for the same seed.

- `places`: six central warehouses and 36 distribution centres in real cities, repair centres in real counties.
- `catalogue`: 29 divisions, parts with names composed from the trade's vocabulary, models, supersession.
- `demand`: a year of use of every part in every region, resampled from real monthly series of spare parts.
- `stock`, `history`: lots received, shipped down the tiers and used over that year, as moves of the ledger.
- `loading`: all of it copied into the tables (`indexes`), with the people who work there (`people`).
- `living`, `acting`: the last four days, played by those people through the use cases, around a few centres
  (`shown`). `beijian verify` finds nothing wrong with any of it.

Everything is drawn from generators seeded by `--seed`; only the day on which it is loaded shifts the year.
"""
