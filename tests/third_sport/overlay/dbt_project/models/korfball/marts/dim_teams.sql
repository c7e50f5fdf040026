-- Each club once. Seasons that had not begun are unknown.
select
    team_id,
    any_value(team_name) as team_name,
    any_value(country) as country,
    any_value(competition_id) as competition_id,
    min(season_code) as first_season_code,
    max(season_code) as last_season_code
from {{ source('silver_korfball', 'teams') }}
where make_date(cast(left(season_code, 4) as integer), 8, 1) <= {{ as_of() }}
group by team_id
