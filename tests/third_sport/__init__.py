"""A third sport laid over a copy of the house: what a sport costs, as files that run.

Korfball's newspaper, clubs, results and prices are invented. `overlay/` has its files where they would stand,
`catalogues.py` its lines in the catalogues, `season.csv` one season of eight clubs.
"""
