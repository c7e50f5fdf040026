-- Each match once, as it was known at the moment of decision: the fixture, or the result.
with known as (
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
        away_goals,
        state in ('finished', 'corrected') as is_finished
    from {{ source('silver_football', 'matches') }}
    where known_at_utc <= {{ as_of() }}
)

select * exclude (is_finished)
from known
qualify row_number() over (partition by match_id order by is_finished desc, known_at_utc desc) = 1
