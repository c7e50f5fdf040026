"""Goal models: rates of goals from the attack and defence of two clubs, each with its own joint law of the score.

The families share one linear predictor and one Newton method; a file here is one family, or one way to use them.
Ratings that are no goals live beside this folder; what a grid of scores is worth is `core.market`'s business.
"""
