"""Planning: how much of which part lies where, from what was asked for to the orders that refill the shelves.

demand         what was asked for, by part, warehouse and day
forecasting    what will be asked for: arrays in, arrays out
stocking       how much stock that needs: levels of one place, of whole trees, shares of what is short
policies       what the planners want: targets, classes, overrides
replenishment  the nightly run: from the figures to proposals, and from proposals to orders
days           days that pass over the places: what comes, who is served, who waits
calibration    what a whole run rests on, fixed once on a sample of its parts
simulation     what a policy would have come to, tried before it is trusted
"""
