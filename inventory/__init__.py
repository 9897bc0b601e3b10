"""The domain of Beijian: rules and rows. Knows no HTTP, no JSON, no scheduler.

Each folder is a context with a door (`__init__.py`) that tells its words, its promises and its public names.
Imports point one way: reporting > workorders > sourcing > transport > warehousing > ledger > identity >
catalogue, network > the shared modules of this folder.
"""
