-- How a team plays per possession and shot, as known at each moment at which something about it became known, and the
-- same beyond what its opponents usually allow. Ablation group: efficiency.
{% set factors = ['pace', 'offensive_rating', 'defensive_rating', 'net_rating'] %}
{% set habits = ['steal_rate', 'block_rate'] %}
{% for side in ['for', 'against'] %}
    {% for rate in ['effective_field_goal', 'turnover_rate', 'offensive_rebound_rate', 'free_throw_rate'] %}
        {% do factors.append(rate ~ '_' ~ side) %}
    {% endfor %}
    {% for rate in ['three_attempt_rate', 'three_accuracy', 'free_throw_accuracy', 'assist_rate', 'foul_rate'] %}
        {% do habits.append(rate ~ '_' ~ side) %}
    {% endfor %}
{% endfor %}
{% set adjusted = [
    'offensive_rating_adjusted', 'defensive_rating_adjusted', 'pace_adjusted', 'effective_field_goal_for_adjusted',
    'effective_field_goal_against_adjusted',
] %}
with spans as (
    {{ spans(adjusted, ref('stg_adjusted_games')) }}
),

beyond as (
    select
        {% for window in ['l5', 'l10', 'l20', 'season'] %}
            {% for measure in adjusted %}
                {{ mean_over(measure, window) }} as {{ measure }}_{{ window }},
            {% endfor %}
        {% endfor %}
        team_moment
    from spans
    group by team_moment
)

select
    moments.team_id,
    moments.known_at_utc,
    moments.event_at_utc,
    moments.competition_id,
    moments.season_code,
    {% for window in ['l5', 'l10', 'season', 'previous_season'] %}
        {% set rates = factors + habits if window in ['l10', 'season'] else factors %}
        {% for rate in rates %}
            {{ window }}.{{ rate }} as {{ rate }}_{{ window }},
        {% endfor %}
    {% endfor %}
    {% for window in ['l5', 'l10', 'l20', 'season'] %}
        beyond.offensive_rating_adjusted_{{ window }} - beyond.defensive_rating_adjusted_{{ window }}
            as net_rating_adjusted_{{ window }},
    {% endfor %}
    beyond.* exclude (team_moment)
from {{ ref('stg_team_moments') }} as moments
{% for window in ['l5', 'l10', 'season'] %}
    inner join {{ ref('stg_team_rates') }} as {{ window }}
        on moments.team_moment = {{ window }}.team_moment and {{ window }}.recent_window = '{{ window }}'
{% endfor %}
left join {{ ref('stg_team_rates') }} as previous_season
    on moments.previous_moment = previous_season.team_moment and previous_season.recent_window = 'season'
left join beyond on moments.team_moment = beyond.team_moment
