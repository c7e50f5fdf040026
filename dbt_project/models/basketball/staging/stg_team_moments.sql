-- The moments at which something about a team became known, numbered team by team, with its latest game and season by
-- then. `previous_moment` is the last moment of the season before, as which that season is remembered: what was
-- corrected of it later does not count.
with moments as (
    select
        team_id,
        known_at_utc,
        max(event_at_utc) over so_far as event_at_utc,
        last_value(competition_id) over so_far as competition_id,
        max(season_code) over so_far as season_code,
        max(season_year) over so_far as season_year
    from {{ ref('stg_team_games') }}
    window so_far as (partition by team_id order by known_at_utc)
    qualify row_number() over (partition by team_id, known_at_utc) = 1
),

numbered as (
    select
        cast(row_number() over (order by team_id, known_at_utc) as integer) as team_moment,
        *
    from moments
),

ends as (
    select
        team_id,
        season_year,
        max(team_moment) as team_moment
    from numbered
    group by team_id, season_year
)

select
    numbered.*,
    ends.team_moment as previous_moment
from numbered
left join ends on numbered.team_id = ends.team_id and numbered.season_year = ends.season_year + 1
