"""Suppliers, what they sell and for how much, and purchase orders from draft to received."""
