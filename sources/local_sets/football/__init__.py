"""Football's local sets: Understat shots, FootyStats matches, Transfermarkt absences, grounds."""
