"""Forecasting: what will be asked for of every part and place, from what was asked. Arrays in, arrays out.

Words. A *series* is the demand of one part at one place, period by period; an *origin* the end of a period at which a
forecast is made from what was known then.
"""
