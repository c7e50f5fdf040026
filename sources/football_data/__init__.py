"""football-data.co.uk: season files, files of extra countries, and the coming round's fixtures."""
