"""One decision moment, or ten years of them, by the same code path."""
