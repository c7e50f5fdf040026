"""Vendors: what to ask them for, how to fetch it, how to read the answer, and how it maps to silver."""
