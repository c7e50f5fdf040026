"""The sandbox: a simulated football world, published in the file formats of football-data.co.uk.

Everything here is invented: clubs, referees, matches, statistics and prices. The room exists so that the default run
and the tests work offline against a vendor whose truth is known. Goals come from minute-by-minute hazards (not from a
Poisson or Elo model), and bookmakers quote near-efficient prices, so that no model and no bettor is flattered by it.

What belongs here: the simulation of matches and prices, and writing them as a vendor would. What does not: reading
them back. No production room imports this one, and nothing happens when it is imported.
"""
