-- What was known of each fixture before it was played, and from when until when; a postponed or cancelled one is none.
with told as (
    select
        *,
        coalesce(
            lead(known_at_utc) over (partition by match_id order by known_at_utc),
            timestamptz '9999-01-01 00:00:00+00'
        ) as superseded_at_utc
    from {{ ref('stg_matches') }}
    where state not in ('finished', 'corrected')
)

select
    match_id,
    competition_id,
    season_code,
    season_type,
    event_at_utc,
    league_day,
    known_at_utc,
    superseded_at_utc,
    home_team_id,
    away_team_id,
    is_neutral,
    latitude,
    longitude,
    altitude_m,
    time_zone
from told
where state in ('scheduled', 'moved')
