-- What a team allows, as known at each moment at which something about it became known: the box score of its opponents
-- per minute of a player (a game of 48 minutes has 240 of them).
{% set counts = [
    'points', 'rebounds', 'assists', 'threes_made', 'steals', 'blocks', 'turnovers', 'field_goals_attempted',
    'free_throws_attempted',
] %}
with games as (
    select
        {% for count in counts[2:] %}
            {{ count }}_against as {{ count }},
        {% endfor %}
        team_game,
        rated_minutes,
        rated_points_against as points,
        rebounds_offensive_against + rebounds_defensive_against as rebounds
    from {{ ref('stg_team_games') }}
),

spans as (
    {{ spans(counts + ['rated_minutes'], 'games') }}
)

select
    {% for window in ['l10', 'season'] %}
        {% for count in counts %}
            {{ over(sum_over(count, window), '5 * ' ~ sum_over('rated_minutes', window)) }} as {{ count }}_{{ window }},
        {% endfor %}
    {% endfor %}
    any_value(moments.team_id) as team_id,
    any_value(moments.known_at_utc) as known_at_utc
from spans
inner join {{ ref('stg_team_moments') }} as moments on spans.team_moment = moments.team_moment
group by spans.team_moment
