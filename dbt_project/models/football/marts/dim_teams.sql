-- Each club once, by its latest name, with the season in which it was first and last listed. Seasons that
-- had not begun are unknown.
select
    team_id,
    max_by(team_name, season_code) as team_name,
    any_value(country) as country,
    max_by(competition_id, season_code) as competition_id,
    min(season_code) as first_season_code,
    max(season_code) as last_season_code
from {{ source('silver_football', 'teams') }}
where
    make_date(cast(left(season_code, 4) as integer), case when season_code like '%-%' then 6 else 1 end, 1)
    <= {{ as_of() }}
group by team_id
