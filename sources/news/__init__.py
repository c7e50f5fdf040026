"""News feeds: RSS and Atom, each item linked to the clubs and players that it names."""
