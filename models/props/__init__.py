"""Player props: distributions of every player's night, joint within a game, from minutes and rates to prices."""
