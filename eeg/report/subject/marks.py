"""How classes look in every figure of a subject's page."""

from eeg.report.figures import BLACK, BLUE, GREEN, ORANGE, PURPLE, VERMILLION

CLASS_MARKS = [(VERMILLION, "o"), (ORANGE, "s"), (BLUE, "^"), (GREEN, "D"), (PURPLE, "v"), (BLACK, "P")]
"""Colour and marker of the first, second, ... class: told apart by shape too."""
