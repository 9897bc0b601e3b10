"""Forecasting: what will be asked for. Arrays in, arrays out: no database, no other context."""
