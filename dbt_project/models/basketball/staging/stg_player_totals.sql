-- What each player has done over his last games and his season, at each moment at which a game of his became known, in
-- the order in which they did: the last of several that became known at once stands for all. Sums, so that rates of a
-- window are sums over sums.
{% set sums = box_score() + ['rebounds', 'plus_minus', 'minutes', 'game_minutes', 'plays', 'team_plays_seen'] %}
select
    {% for window in ['l3', 'l5', 'l10', 'season'] %}
        {% set frame = 'season' if window == 'season' else 'last_' ~ window %}
        {% for sum in sums %}
            sum({{ sum }}) over {{ frame }} as {{ sum }}_{{ window }},
        {% endfor %}
        avg(top_five) over {{ frame }} as top_five_rate_{{ window }},
    {% endfor %}
    player_id,
    season_code,
    team_id,
    match_id,
    event_at_utc,
    league_day,
    known_at_utc,
    coalesce(
        lead(known_at_utc) over (partition by player_id, season_code order by known_at_utc, event_at_utc),
        timestamptz '9999-01-01 00:00:00+00'
    ) as superseded_at_utc,
    nth_of_team,
    minutes as minutes_last,
    count(*) over season as games_season,
    count(*) over last_l10 as games_l10,
    sum(minutes * minutes) over last_l10 as squared_minutes_l10
from {{ ref('stg_player_games') }}
window
    season as (
        partition by player_id, season_code order by known_at_utc, event_at_utc
        rows between unbounded preceding and current row
    ),
    last_l3 as (
        partition by player_id order by known_at_utc, event_at_utc rows between 2 preceding and current row
    ),
    last_l5 as (
        partition by player_id order by known_at_utc, event_at_utc rows between 4 preceding and current row
    ),
    last_l10 as (
        partition by player_id order by known_at_utc, event_at_utc rows between 9 preceding and current row
    )
qualify superseded_at_utc > known_at_utc
