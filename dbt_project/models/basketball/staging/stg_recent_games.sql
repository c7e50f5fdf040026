-- The games that count at each moment at which something about a team became known: those of the season of its latest
-- game and the last 20 of the season before, numbered back from the latest, and in spans of 5, 10, 20 and more games.
with games as (
    select
        team_game,
        team_id,
        venue,
        known_at_utc,
        superseded_at_utc,
        season_year,
        dense_rank() over (
            partition by team_id, season_year order by event_at_utc desc, match_id asc
        ) as nth_from_the_end
    from {{ ref('stg_team_games') }}
),

met as (
    select
        *,
        season_year as met_in_year,
        true as is_this_season
    from games
    union all
    select
        *,
        season_year + 1 as met_in_year,
        false as is_this_season
    from games
    where nth_from_the_end <= 20
),

counted as (
    select
        moments.team_moment,
        met.team_game,
        met.is_this_season,
        met.venue,
        row_number() over (
            partition by moments.team_moment order by met.team_game desc
        ) as nth,
        row_number() over (
            partition by moments.team_moment, met.venue order by met.team_game desc
        ) as nth_at_venue
    from {{ ref('stg_team_moments') }} as moments
    inner join met
        on
            moments.team_id = met.team_id
            and moments.season_year = met.met_in_year
            and moments.known_at_utc >= met.known_at_utc
            and moments.known_at_utc < met.superseded_at_utc
)

select
    team_moment,
    team_game,
    is_this_season,
    venue,
    cast(nth as integer) as nth,
    cast(nth_at_venue as integer) as nth_at_venue,
    case when nth <= 5 then 5 when nth <= 10 then 10 when nth <= 20 then 20 else 99 end as span
from counted
where is_this_season or nth <= 20 or nth_at_venue <= 10
