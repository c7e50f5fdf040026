-- Rest, congestion and travel of both sides before a game, from the fixtures that were known at the decision and the
-- courts they are played on. Ablation group: schedule.
{% set numbers = [
    'rest_days', 'back_to_back', 'third_in_four', 'fourth_in_six', 'games_l7d', 'games_l14d', 'plays_next_day',
    'travel_km', 'travel_l7d_km', 'from_home_km', 'eastward_hours', 'climb_m', 'away_run',
] %}
with legs as (
    select
        *,
        match_id = decided_match_id as is_decided,
        decided_day - league_day as days_before,
        {{ kilometres('from_latitude', 'from_longitude', 'latitude', 'longitude') }} as leg_km
    from {{ ref('stg_journeys') }}
),

arrivals as (
    select
        decided_match_id as match_id,
        decided_side as side,
        decided_day - from_day - 1 as rest_days,
        leg_km as travel_km,
        {{ kilometres('base_latitude', 'base_longitude', 'latitude', 'longitude') }} as from_home_km,
        {{ hours_ahead_of_utc('time_zone', 'event_at_utc') }}
        - {{ hours_ahead_of_utc('from_time_zone', 'event_at_utc') }} as eastward_hours,
        altitude_m - base_altitude_m as climb_m,
        altitude_m,
        nth
    from legs
    where is_decided
),

counts as (
    select
        decided_match_id as match_id,
        decided_side as side,
        count(*) filter (where days_before between 1 and 3) as games_before_l4d,
        count(*) filter (where days_before between 1 and 5) as games_before_l6d,
        count(*) filter (where days_before between 1 and 7) as games_l7d,
        count(*) filter (where days_before between 1 and 14) as games_l14d,
        count(*) filter (where days_before = -1) as plays_next_day,
        cast(sum({{ exact('leg_km') }}) filter (where days_before between 0 and 6) as double) as travel_l7d_km,
        coalesce(max(nth) filter (where side = 'home' and days_before > 0), 0) as nth_of_last_home_game
    from legs
    group by decided_match_id, decided_side
),

sides as (
    select
        arrivals.*,
        cast(coalesce(arrivals.rest_days = 0, false) as integer) as back_to_back,
        cast(counts.games_before_l4d >= 2 as integer) as third_in_four,
        cast(counts.games_before_l6d >= 3 as integer) as fourth_in_six,
        counts.games_l7d,
        counts.games_l14d,
        counts.plays_next_day,
        counts.travel_l7d_km,
        arrivals.nth - 1 - counts.nth_of_last_home_game as away_run
    from arrivals
    inner join counts on arrivals.match_id = counts.match_id and arrivals.side = counts.side
)

select
    spine.match_id,
    spine.competition_id,
    spine.season_code,
    spine.as_of_utc,
    cast(spine.is_neutral as integer) as neutral_court,
    cast(spine.season_type in ('play_in', 'playoffs') as integer) as post_season,
    {{ league_day('spine.event_at_utc') }} - make_date({{ season_year('spine.season_code') }}, 10, 1) as season_day,
    {% for side in ['home', 'away'] %}
        {% for number in numbers %}
            {{ side }}.{{ number }} as {{ side }}_{{ number }},
        {% endfor %}
    {% endfor %}
    home.altitude_m as court_altitude_m
from {{ ref('spn_decisions') }} as spine
inner join sides as home on spine.match_id = home.match_id and home.side = 'home'
inner join sides as away on spine.match_id = away.match_id and away.side = 'away'
