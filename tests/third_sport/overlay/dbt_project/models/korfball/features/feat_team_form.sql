-- A club's goal difference over its last ten matches, as known at each moment at which one of them was over.
with sides as (
    select
        competition_id,
        season_code,
        event_at_utc,
        known_at_utc,
        home_team_id as team_id,
        home_goals - away_goals as margin
    from {{ ref('fct_results') }}
    union all
    select
        competition_id,
        season_code,
        event_at_utc,
        known_at_utc,
        away_team_id as team_id,
        away_goals - home_goals as margin
    from {{ ref('fct_results') }}
)

select
    * exclude (margin),
    avg(margin) over (
        partition by team_id order by known_at_utc
        rows between 9 preceding and current row
    ) as margin_l10
from sides
