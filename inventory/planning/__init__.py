"""Planning: how much of which part lies where, from what was asked for to the orders that refill the shelves.

demand         what was asked for, by part, warehouse and day
forecasting    what will be asked for: arrays in, arrays out
stocking       how much stock that needs: levels of one place, of whole trees, shares of what is short
policies       what the planners want: targets, classes, overrides
replenishment  the nightly run: from the figures to proposals, and from proposals to orders
"""
