"""Feast: entities, views and services, and the one door through which features are read."""
