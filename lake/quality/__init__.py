"""Great Expectations suites made from contracts: the nightly audit. The only door to great_expectations."""
