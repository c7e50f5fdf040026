"""Fantasy Premier League: players' match statistics a game week, and snapshots of who is fit."""
