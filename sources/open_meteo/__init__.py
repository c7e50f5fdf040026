"""Open-Meteo: the weather at a ground in the hour of kick-off, said before and measured afterwards."""
