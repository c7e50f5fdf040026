-- Every known state of a game with the court it is played on: of the courts that its home side has on that day, the
-- one that it has for the fewest days.
with known as (
    select
        match_id,
        competition_id,
        season_code,
        season_type,
        state,
        event_at_utc,
        known_at_utc,
        {{ league_day('event_at_utc') }} as league_day,
        home_team_id,
        away_team_id,
        home_points,
        away_points,
        overtime_periods,
        is_neutral
    from {{ source('silver_basketball', 'matches') }}
    where known_at_utc <= {{ as_of() }}
)

select
    known.* exclude (is_neutral),
    coalesce(known.is_neutral, courts.is_neutral_court, false) as is_neutral,
    courts.latitude,
    courts.longitude,
    courts.altitude_m,
    courts.time_zone
from known
left join {{ ref('stg_courts') }} as courts
    on known.home_team_id = courts.team_id and known.league_day between courts.first_day and courts.last_day
qualify row_number() over (
    partition by known.match_id, known.state, known.known_at_utc order by courts.last_day - courts.first_day
) = 1
