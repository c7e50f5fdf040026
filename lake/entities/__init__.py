"""Names and ids: who mints a canonical id, and when a name is refused."""
