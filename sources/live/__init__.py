"""Listeners: prices that a vendor sends by itself, written to bronze in small batches and read into silver at once."""
