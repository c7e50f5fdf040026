"""What bookmakers sell: markets, their selections and payoffs, prices, and the margin inside them."""
