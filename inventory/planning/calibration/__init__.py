"""Calibration: what a whole run rests on, fixed once on a sample of its parts.

    constants = fix_constants(session, part_ids, book, on=...)

How each segment is forecast, how often parts in use fail, what a part without a price costs, what service costs in each
class. After it every piece of the run is planned by itself.
"""

from inventory.planning.calibration.sampling import fix_constants

__all__ = ["fix_constants"]
