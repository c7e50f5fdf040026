"""Each table's contract, written once as YAML; schemas, checks, dbt sources and Feast fields are derived from it."""
