"""What players may do in the games of a night, forecast from a lake and judged on past seasons."""
