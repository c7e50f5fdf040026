"""Posteriors of strengths: their draws measure what we do not know.

Of all sports: `sampler` (the only door to PyMC), `diagnostics`, `draws`, and `walk`, which refits month by month. Of
football: `tally` sums up results, `model` is the hierarchical goals model, `posterior` is what everybody else uses and
`goals` what a walk asks. Basketball's stand in `models.basketball.bayes`. Fits of the most likely goals live in
`models.families.goals`.
"""
