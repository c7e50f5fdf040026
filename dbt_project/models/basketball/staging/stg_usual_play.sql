-- How each team usually played and was priced, over its last 20 games as known from one moment on: what its opponents
-- are compared with.
{% set measures = [
    'possessions', 'rated_minutes', 'rated_points_for', 'rated_points_against', 'expected_margin',
    'field_goals_made_for', 'field_goals_made_against', 'threes_made_for', 'threes_made_against',
    'field_goals_attempted_for', 'field_goals_attempted_against',
] %}
with spans as (
    {{ spans(measures, ref('stg_team_games')) }}
),

usual as (
    select
        {% for measure in measures if measure != 'expected_margin' %}
            {{ sum_over(measure, 'l20') }} as {{ measure }},
        {% endfor %}
        {{ mean_over('expected_margin', 'l20') }} as expected_margin,
        team_moment
    from spans
    group by team_moment
)

select
    moments.team_id,
    moments.known_at_utc,
    {{ over('100 * usual.rated_points_for', 'usual.possessions') }} as offensive_rating,
    {{ over('100 * usual.rated_points_against', 'usual.possessions') }} as defensive_rating,
    {{ over('48 * usual.possessions', 'usual.rated_minutes') }} as pace,
    {% for side in ['for', 'against'] %}
        {{ over(
            '(usual.field_goals_made_' ~ side ~ ' + 0.5 * usual.threes_made_' ~ side ~ ')',
            'usual.field_goals_attempted_' ~ side
        ) }} as effective_field_goal_{{ side }},
    {% endfor %}
    usual.expected_margin
from usual
inner join {{ ref('stg_team_moments') }} as moments on usual.team_moment = moments.team_moment
