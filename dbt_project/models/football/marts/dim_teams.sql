-- Each club once, by its latest name, with the season in which it was first and last listed.
select
    team_id,
    max_by(team_name, season_code) as team_name,
    any_value(country) as country,
    max_by(competition_id, season_code) as competition_id,
    min(season_code) as first_season_code,
    max(season_code) as last_season_code
from {{ source('silver_football', 'teams') }}
where cast(left(season_code, 4) as integer) <= year({{ as_of() }})
group by team_id
