"""Beliefs: what is likely, and how sure we are. Pure functions of frames; one file a model family."""
