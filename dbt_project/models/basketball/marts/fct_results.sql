-- Each result as it was known from one moment on: a correction is a row of its own, and the first one stays.
select
    match_id,
    competition_id,
    season_code,
    season_type,
    event_at_utc,
    known_at_utc,
    case when row_number() over versions = 1 then 'finished' else 'corrected' end as state,
    home_team_id,
    away_team_id,
    home_points,
    away_points,
    overtime_periods,
    is_neutral
from {{ ref('stg_results') }}
window versions as (partition by match_id order by known_at_utc)
