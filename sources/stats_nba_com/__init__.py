"""stats.nba.com, the anchor of the NBA: games, box scores, players and clubs."""
