-- What was known of each finished game, and from when until when (a correction ends the row before it).
select
    match_id,
    competition_id,
    season_code,
    season_type,
    event_at_utc,
    league_day,
    known_at_utc,
    coalesce(
        lead(known_at_utc) over (partition by match_id order by known_at_utc),
        timestamptz '9999-01-01 00:00:00+00'
    ) as superseded_at_utc,
    home_team_id,
    away_team_id,
    home_points,
    away_points,
    overtime_periods,
    is_neutral
from {{ ref('stg_matches') }}
where state in ('finished', 'corrected')
