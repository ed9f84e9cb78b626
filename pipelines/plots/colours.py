"""The colours that pictures share."""

GREY = "#9aa5b1"
BLUE = "#1f6feb"
ORANGE = "#d9730d"
GREEN = "#1a7f37"
RED = "#cf222e"
PURPLE = "#8250df"
CYCLE = (BLUE, ORANGE, GREEN, RED, PURPLE, GREY)
"""For several lines of one picture, in an order in which red never stands beside green alone."""
