-- The shots of both sides of a match as first told, and when all of them were known.
select
    results.match_id,
    results.competition_id,
    results.season_code,
    greatest(
        home.shots_known_at_utc,
        away.shots_known_at_utc,
        home.shots_on_target_known_at_utc,
        away.shots_on_target_known_at_utc
    ) as known_at_utc,
    home.shots as home_shots,
    away.shots as away_shots,
    home.shots_on_target as home_shots_on_target,
    away.shots_on_target as away_shots_on_target
from {{ ref('stg_results') }} as results
inner join {{ ref('stg_statistics') }} as home on results.match_id = home.match_id and home.side = 'home'
inner join {{ ref('stg_statistics') }} as away on results.match_id = away.match_id and away.side = 'away'
where
    coalesce(home.shots_known_at_utc, home.shots_on_target_known_at_utc) is not null
    and results.superseded_at_utc = timestamptz '9999-01-01 00:00:00+00'
