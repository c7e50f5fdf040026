"""StatsBomb's open data: some seasons' matches, and of each its events, of which the shots are read."""
