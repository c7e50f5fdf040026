"""What people and programs touch: the ticket board, the daily report, pictures."""
