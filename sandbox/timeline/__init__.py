"""The football season of the running year as it becomes known: fixtures, squads, absences, line-ups, prices, news.

What belongs here: what happens around the matches of `sandbox.world`, each with the time at which it is known. What
does not: how a vendor writes it down, which stands in `sandbox/vendors`.
"""
