"""Decisions: edges, stakes, tickets, settlement and the ledger. Knows beliefs only as probabilities in a frame."""
