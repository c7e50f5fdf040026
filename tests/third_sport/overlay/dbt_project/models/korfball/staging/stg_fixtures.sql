-- Each fixture as it was printed before it was played.
select
    match_id,
    competition_id,
    season_code,
    event_at_utc,
    home_team_id,
    away_team_id
from {{ source('silver_korfball', 'matches') }}
where state = 'scheduled' and known_at_utc <= {{ as_of() }}
