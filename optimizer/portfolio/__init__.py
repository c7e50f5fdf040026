"""Portfolios: which candidates to stake and how much, together, under every limit. Knows returns, not matches."""
