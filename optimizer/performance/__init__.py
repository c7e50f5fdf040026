"""How tickets did: against the close, against our own expectation, and over time."""
