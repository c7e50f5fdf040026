"""Beliefs about games of basketball: one joint law of both scores, filtered from past lines and results."""
