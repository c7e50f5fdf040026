"""football-data.org v4: fixtures, results and tables of the great leagues."""
