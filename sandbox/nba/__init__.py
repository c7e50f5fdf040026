"""An invented NBA: franchises, players, schedules, games by possessions, injuries, prices and props over three seasons.

What belongs here: the simulation and what is known of it at a moment. What does not: how a vendor writes it down, which
stands in `sandbox/vendors`.
"""
