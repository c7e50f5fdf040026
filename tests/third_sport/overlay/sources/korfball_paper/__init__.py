"""An invented newspaper that prints korfball: every match of a season with two bookmakers' prices."""
