"""What books offer and what it is worth: offers, edges, guards; arbitrage, middles and hedges told apart."""
