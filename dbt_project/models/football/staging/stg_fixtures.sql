-- What was known of each fixture before it was played, and from when until when.
select
    match_id,
    competition_id,
    season_code,
    event_at_utc,
    known_at_utc,
    coalesce(
        lead(known_at_utc) over (partition by match_id order by known_at_utc),
        timestamptz '9999-01-01 00:00:00+00'
    ) as superseded_at_utc,
    home_team_id,
    away_team_id
from {{ source('silver_football', 'matches') }}
where state in ('scheduled', 'moved') and known_at_utc <= {{ as_of() }}
