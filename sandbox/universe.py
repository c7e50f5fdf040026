"""The simulated worlds of one seed, asked for what is known at a moment: football 2026-27 and three NBA seasons.

`Universe(seed)` builds its frames when they are first asked for and keeps them. Every method takes a moment `t`
(tz-aware) and tells only what could be known then; a fact that is not known yet is null or its row is absent. Columns
ending in `_at_utc` are Datetime("us", "UTC"); keys are Int64; prices are decimal. `sandbox.world.SANDBOX_NOW` is the
present of the default run, and both worlds go on to the end of their seasons.

Football (divisions E0, E1, SP1, D1; the clubs of `sandbox/clubs.csv`), see `sandbox/timeline/view.py`

- `fixtures(t)`: match_key, division, season_start_year, round (from 1), home, away, kickoff_at_utc (as known at t),
  status (scheduled, postponed, in_play, finished, abandoned), known_at_utc (since when this state is known),
  home_goals, away_goals, home_goals_half_time, away_goals_half_time, referee (null outside England), venue.
  A postponed match keeps its old kick-off until the new one is announced; then it is scheduled again. An abandoned
  match is replayed from the start under the same key, and what it came to before does not count.
- `fixture_history(t)`: match_key, known_at_utc, kickoff_at_utc, status: every state up to t, in order.
- `venues()`: club, ground, city, country, latitude_deg, longitude_deg, capacity.
- `squads(t)`: player_key, club, name, first_name, last_name, position (GK, DEF, MID, FWD), shirt_number, born_on
  (Date), ability (standard normal within the club), value_eur.
- `absences(t)`: absence_key, player_key, club, name, kind, status (out, doubtful), announced_at_utc (of this status),
  from_at_utc, expected_return_at_utc. Only those that are not over at t.
- `lineups(t, match_key=None)`: match_key, side (home, away), club, player_key, name, position, shirt_number,
  is_starter, formation ("4-3-3"), known_at_utc (60 minutes before kick-off). 11 starters and up to 9 on the bench.
- `prices(t, alternates=False)`: match_key, book (`sandbox.books.BOOKS` codes, BFE apart), market,
  selection, line, is_main, price, quoted_at_utc. Markets: 1x2 (home, draw, away; line null), totals (over, under; line
  in goals: 2.5 always, and the main line), asian_handicap (home, away; line = goals added to the HOME side, on both
  rows).
  From seven days before kick-off until kick-off. `alternates` adds further lines, with is_main false.
- `exchange(t)`: match_key, market (1x2, totals 2.5), selection, line, back_prices, back_sizes, lay_prices, lay_sizes
  (lists of three, best first; sizes in EUR), last_price, traded_volume (EUR, of this selection), quoted_at_utc.
- `team_stats(t)`: match_key, side, club, goals, goals_half_time, shots, shots_on_target, corners, fouls, yellows, reds,
  xg, possession_share. Finished matches.
- `player_stats(t)`: match_key, side, club, player_key, position, is_starter, minutes, goals, assists, shots,
  shots_on_target, xg, yellows, reds, saves, goals_conceded. Finished matches, those who played. Sums to the team.
- `standings(t)`: division, position, club, played, won, drawn, lost, goals_for, goals_against, points.
- `weather(t, latitude_deg, longitude_deg, start_at_utc, end_at_utc)`: hour_at_utc, temperature_c,
  relative_humidity_pct, precipitation_mm, wind_speed_kmh, wind_direction_deg, wind_gust_kmh, is_forecast.
  Hours after t are forecast.
- `news(t)`: news_key, published_at_utc, headline, summary, url, clubs (list), players (list of names). Newest last.

NBA (seasons 2024, 2025, 2026 by start year), see `sandbox/nba/view.py`

- `nba_teams()`: team_id, abbreviation, city, nickname, conference (East, West), division, arena, latitude_deg,
  longitude_deg, time_zone.
- `nba_players(t)`: player_id, team_id, season_start_year, name, first_name, last_name, position (G, F, C, G-F, F-C),
  jersey, born_on, usage_share, first_season. The rosters of the season that runs at t.
- `nba_games(t)`: game_id ("0022600001"), season_start_year, tipoff_at_utc, game_date_eastern (Date), home_team_id,
  away_team_id, arena, status (scheduled, postponed, in_play, finished), known_at_utc, finished_at_utc (null before),
  home_points, away_points, overtimes, home_points_by_period, away_points_by_period (lists: four quarters, overtimes).
- `nba_team_box(t)`: game_id, team_id, is_home, minutes, points, and the counts of the player box. Finished games.
- `nba_player_box(t)`: game_id, team_id, player_id, is_home, is_starter, minutes (Float64), points, field_goals_made,
  field_goals_attempted, threes_made, threes_attempted, free_throws_made, free_throws_attempted, rebounds_offensive,
  rebounds_defensive, rebounds, assists, steals, blocks, turnovers, fouls, plus_minus. Those who played.
- `nba_injuries(t)`: player_id, team_id, name, status (Probable, Questionable, Doubtful, Out), description,
  announced_at_utc (of this status), expected_return_at_utc. Only those that are not over at t.
- `nba_prices(t)`: game_id, book (`sandbox.nba.books.US_BOOKS`), market (moneyline, spread, total), selection (home,
  away; over, under), line (spread: points added to the HOME side, on both rows), price, american, quoted_at_utc.
  From 09:00 Eastern of the day until tip-off.
- `nba_props(t)`: game_id, player_id, name, book, market (points, rebounds, assists, threes, pra), selection (over,
  under), line (ends in .5), price, american, quoted_at_utc.
- `nba_news(t)`: news_key, published_at_utc, headline, summary, url, teams (list of abbreviations), players (names).
"""

from __future__ import annotations

from sandbox.nba.view import NbaView
from sandbox.timeline.view import FootballView


class Universe(FootballView, NbaView):
    """Both worlds of one seed; the same seed gives the same worlds."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
