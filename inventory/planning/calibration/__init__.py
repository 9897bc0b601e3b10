"""Calibration: what a whole run rests on, fixed once on a sample of its parts.

    constants = fix_constants(session, part_ids, book, on=...)

How each segment of demand is forecast, how often parts in use fail, what a part without a price costs, what service
costs in each class. After it every piece of the run is planned by itself.

Words. The *grounds* are the parts of a sample with all that is known of them. A *class* is a target at a tier for an
ABC class of parts. The *price* of service is what an order missed costs. A *rehearsal* lives the past year once more.

Decisions.
- 600 parts, drawn by how much is asked for them, tell for all; fewer are all looked at.
- A price a class: first the one at which levels promise what is asked, by the model. Then the year that has passed is
  lived once more, day by day, with the levels that would have been worked out in it, four times, from what was known.
- A kind of demand (smooth, erratic, intermittent, lumpy, young, not asked at the place itself) that misses more orders
  than promised is planned at as much higher a price, and its levels tell the fill that is likely, not the promised one.
  By kind and not by class: classes have few orders, and what one of them misses in a year is mostly luck.
- Of demand a month tells no more than its sum; its orders are laid on days of it, as large as they usually are.
- Measured on the demo network, prices of months 1-24 tried on months 25-36: asked 0.931, met 0.903 before, 0.932 after;
  the mean distance of a class from its target fell from 3.4 to 2.5 points. 7 s on one core, whatever the network.
"""

from inventory.planning.calibration.sampling import fix_constants

__all__ = ["fix_constants"]
