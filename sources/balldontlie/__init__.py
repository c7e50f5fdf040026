"""balldontlie: games of the NBA and its injured players."""
