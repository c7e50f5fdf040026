-- Pace, ratings per 100 possessions and the four factors of both sides (Oliver 2004, Basketball on Paper) of each
-- window at each moment, and how a team gets them. Sums over a window are divided by sums.
{% set measures = [
    'possessions', 'rated_minutes', 'rated_points_for', 'rated_points_against', 'field_goals_made_for',
    'field_goals_made_against', 'field_goals_attempted_for', 'field_goals_attempted_against', 'threes_made_for',
    'threes_made_against', 'threes_attempted_for', 'threes_attempted_against', 'free_throws_made_for',
    'free_throws_made_against', 'free_throws_attempted_for', 'free_throws_attempted_against', 'rebounds_offensive_for',
    'rebounds_offensive_against', 'rebounds_defensive_for', 'rebounds_defensive_against', 'turnovers_for',
    'turnovers_against', 'assists_for', 'assists_against', 'steals_for', 'blocks_for', 'fouls_for', 'fouls_against',
] %}
with spans as (
    {{ spans(measures, ref('stg_team_games')) }}
),

sums as (
    {% for window in ['l5', 'l10', 'season'] %}
        select
            {% for measure in measures %}
                {{ sum_over(measure, window) }} as {{ measure }},
            {% endfor %}
            '{{ window }}' as recent_window,
            team_moment
        from spans
        group by team_moment
        {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    {{ over('48 * possessions', 'rated_minutes') }} as pace,
    {{ over('100 * rated_points_for', 'possessions') }} as offensive_rating,
    {{ over('100 * rated_points_against', 'possessions') }} as defensive_rating,
    {{ over('100 * (rated_points_for - rated_points_against)', 'possessions') }} as net_rating,
    {{ over('steals_for', 'possessions') }} as steal_rate,
    {{ over('blocks_for', 'possessions') }} as block_rate,
    {% for side, other in [('for', 'against'), ('against', 'for')] %}
        {{ over('(field_goals_made_' ~ side ~ ' + 0.5 * threes_made_' ~ side ~ ')', 'field_goals_attempted_' ~ side) }}
            as effective_field_goal_{{ side }},
        {{ over('turnovers_' ~ side, 'possessions') }} as turnover_rate_{{ side }},
        {{ over(
            'rebounds_offensive_' ~ side, '(rebounds_offensive_' ~ side ~ ' + rebounds_defensive_' ~ other ~ ')'
        ) }} as offensive_rebound_rate_{{ side }},
        {{ over('free_throws_made_' ~ side, 'field_goals_attempted_' ~ side) }} as free_throw_rate_{{ side }},
        {{ over('threes_attempted_' ~ side, 'field_goals_attempted_' ~ side) }} as three_attempt_rate_{{ side }},
        {{ over('threes_made_' ~ side, 'threes_attempted_' ~ side) }} as three_accuracy_{{ side }},
        {{ over('free_throws_made_' ~ side, 'free_throws_attempted_' ~ side) }} as free_throw_accuracy_{{ side }},
        {{ over('assists_' ~ side, 'field_goals_made_' ~ side) }} as assist_rate_{{ side }},
        {{ over('fouls_' ~ side, 'possessions') }} as foul_rate_{{ side }},
    {% endfor %}
    team_moment,
    recent_window
from sums
