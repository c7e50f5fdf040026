"""What tickets could be bought: singles, multiples, systems, and combinations on one match."""
