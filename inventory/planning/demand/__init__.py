"""Demand: what was asked for, by part, warehouse and day."""
