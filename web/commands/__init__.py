"""A module per command; web/cli.py says how one is found."""
