-- Each game once, as it was known at the moment of decision: the fixture, or the result.
select
    match_id,
    competition_id,
    season_code,
    season_type,
    event_at_utc,
    known_at_utc,
    state,
    home_team_id,
    away_team_id,
    is_neutral,
    home_points,
    away_points
from {{ ref('stg_matches') }}
qualify row_number() over (
    partition by match_id order by state in ('finished', 'corrected') desc, known_at_utc desc, state asc
) = 1
