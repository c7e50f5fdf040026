"""A hierarchical goals model in PyMC: its posterior draws measure what we do not know about the strengths of clubs.

`tally` sums up results, `model` samples (the only door to PyMC), `posterior` is what everybody else uses, `walk`
refits month by month. Fits of the most likely strengths live in `models.families.goals`.
"""
