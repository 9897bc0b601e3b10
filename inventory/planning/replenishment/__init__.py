"""Replenishment: the nightly run from figures to proposals, and from proposals to orders."""
