"""Basketball's posterior: `tally` sums up games and closing lines, `model` is the model of points, `posterior` what is
asked of its draws, `strengths` what a walk asks (models/families/bayes)."""
