"""Stocking: how much stock a demand needs. Arrays in, arrays out: no database, no other context."""
