-- A team's recent results as known at each moment at which something about it became known. Ablation group: form.
{% set averages = ['won', 'points_for', 'points_against', 'margin'] %}
with games as (
    select
        team_game,
        points_for,
        points_against,
        points_for - points_against as margin,
        (points_for - points_against) * (points_for - points_against) as squared_margin,
        cast(points_for > points_against as integer) as won,
        cast(abs(points_for - points_against) <= 5 as integer) as was_close,
        cast(game_minutes > 48 as integer) as had_overtime
    from {{ ref('stg_team_games') }}
),

spans as (
    {{ spans(averages + ['squared_margin', 'was_close', 'had_overtime'], 'games') }}
),

recent as (
    select
        team_moment,
        {{ sum_over('games', 'season') }} as games_season,
        {% for measure in averages %}
            {% for window in recent_windows() %}
                {{ mean_over(measure, window) }} as {{ measure }}_{{ window }},
            {% endfor %}
        {% endfor %}
        {{ mean_over('was_close', 'l20') }} as close_game_rate_l20,
        {{ mean_over('had_overtime', 'l20') }} as overtime_rate_l20,
        {{ mean_over('squared_margin', 'l20') }} as squared_margin_l20
    from spans
    group by team_moment
),

at_venue as (
    select
        recent.team_moment,
        {% for venue in ['home', 'away'] %}
            {% for measure in averages %}
                avg(games.{{ measure }}) filter (
                    where recent.venue = '{{ venue }}' and recent.nth_at_venue <= 10
                ) as {{ measure }}_{{ venue }}_l10,
            {% endfor %}
        {% endfor %}
        least(coalesce(min(recent.nth) filter (where games.won = 0), 20), 20)
        - least(coalesce(min(recent.nth) filter (where games.won = 1), 20), 20) as streak
    from {{ ref('stg_recent_games') }} as recent
    inner join games on recent.team_game = games.team_game
    where recent.nth_at_venue <= 10 or recent.nth <= 20
    group by recent.team_moment
)

select
    moments.team_id,
    moments.known_at_utc,
    moments.event_at_utc,
    moments.competition_id,
    moments.season_code,
    recent.* exclude (team_moment, squared_margin_l20),
    sqrt(greatest(recent.squared_margin_l20 - recent.margin_l20 * recent.margin_l20, 0)) as margin_deviation_l20,
    {% for measure in averages %}
        previous.{{ measure }}_season as {{ measure }}_previous_season,
    {% endfor %}
    at_venue.* exclude (team_moment)
from {{ ref('stg_team_moments') }} as moments
inner join recent on moments.team_moment = recent.team_moment
inner join at_venue on moments.team_moment = at_venue.team_moment
left join recent as previous on moments.previous_moment = previous.team_moment
