-- Each team once, by its latest name, with the season in which it was first and last listed. Seasons that had not begun
-- are unknown.
select
    team_id,
    max_by(team_name, season_code) as team_name,
    max_by(country, season_code) as country,
    max_by(competition_id, season_code) as competition_id,
    min(season_code) as first_season_code,
    max(season_code) as last_season_code
from {{ source('silver_basketball', 'teams') }}
where make_date({{ season_year('season_code') }}, 8, 1) <= {{ as_of() }}
group by team_id
