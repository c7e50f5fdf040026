-- Each result from the moment on at which it was known; the newspaper corrects nothing.
select
    match_id,
    competition_id,
    season_code,
    event_at_utc,
    known_at_utc,
    state,
    home_team_id,
    away_team_id,
    home_goals,
    away_goals
from {{ source('silver_korfball', 'matches') }}
where state = 'finished' and known_at_utc <= {{ as_of() }}
