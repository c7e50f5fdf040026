"""Sets of files that no vendor serves at an address: read once from a folder, in rooms by sport."""
