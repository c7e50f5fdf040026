"""ESPN: the NBA's scoreboard with prices, injuries and news."""
