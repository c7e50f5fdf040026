-- Rest and congestion of both clubs before a match, from the fixtures that were known at the decision.
with sides as (
    select
        match_id,
        as_of_utc,
        event_at_utc,
        'home' as side,
        home_team_id as team_id
    from {{ ref('spn_decisions') }}
    union all
    select
        match_id,
        as_of_utc,
        event_at_utc,
        'away' as side,
        away_team_id as team_id
    from {{ ref('spn_decisions') }}
),

kickoffs as (
    select
        home_team_id as team_id,
        match_id,
        event_at_utc,
        known_at_utc,
        superseded_at_utc
    from {{ ref('stg_fixtures') }}
    union all
    select
        away_team_id as team_id,
        match_id,
        event_at_utc,
        known_at_utc,
        superseded_at_utc
    from {{ ref('stg_fixtures') }}
),

earlier as (
    select
        sides.match_id,
        sides.side,
        date_diff('minute', max(kickoffs.event_at_utc), any_value(sides.event_at_utc)) / 1440.0 as rest_days,
        count(*) filter (where kickoffs.event_at_utc >= sides.event_at_utc - interval 14 day) as matches_l14d,
        count(*) as matches_l30d
    from sides
    inner join kickoffs
        on
            sides.team_id = kickoffs.team_id
            and sides.as_of_utc >= kickoffs.known_at_utc
            and sides.as_of_utc < kickoffs.superseded_at_utc
            and sides.event_at_utc > kickoffs.event_at_utc
            and sides.event_at_utc - interval 30 day <= kickoffs.event_at_utc
    group by sides.match_id, sides.side
)

select
    spine.match_id,
    spine.competition_id,
    spine.season_code,
    spine.as_of_utc,
    home.rest_days as home_rest_days,
    away.rest_days as away_rest_days,
    coalesce(home.matches_l14d, 0) as home_matches_l14d,
    coalesce(away.matches_l14d, 0) as away_matches_l14d,
    coalesce(home.matches_l30d, 0) as home_matches_l30d,
    coalesce(away.matches_l30d, 0) as away_matches_l30d
from {{ ref('spn_decisions') }} as spine
left join earlier as home on spine.match_id = home.match_id and home.side = 'home'
left join earlier as away on spine.match_id = away.match_id and away.side = 'away'
