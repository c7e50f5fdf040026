"""What is materialised: thin Dagster assets and checks, one module a stage. They wire, they never compute."""
