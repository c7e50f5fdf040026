"""The NBA part of the local sets: schedules as played, closing lines, and the log of injuries."""
