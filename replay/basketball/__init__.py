"""Basketball from a lake: what its decisions may look at, how it learns and prices, and its walk over the past."""
