{# The day of a moment by the clocks of the league, which are those of New York. #}
{% macro league_day(moment) -%}
    cast({{ moment }} at time zone 'America/New_York' as date)
{%- endmacro %}

{# Noon of the league's clocks on the day of a moment, whatever daylight saving makes of it. #}
{% macro league_noon(moment) -%}
    (cast({{ league_day(moment) }} as timestamp) + interval 12 hour) at time zone 'America/New_York'
{%- endmacro %}

{# Days from 1970 to a date. #}
{% macro days_of(day) -%}
    date_diff('day', date '1970-01-01', {{ day }})
{%- endmacro %}

{# Year in which a season began. #}
{% macro season_year(season_code) -%}
    cast(left({{ season_code }}, 4) as integer)
{%- endmacro %}

{# Great-circle distance in km of two places in degrees (haversine; mean radius of the earth 6371.0088 km). #}
{% macro kilometres(latitude, longitude, other_latitude, other_longitude) -%}
    2 * 6371.0088 * asin(sqrt(least(1.0,
        pow(sin(radians({{ other_latitude }} - {{ latitude }}) / 2), 2)
        + cos(radians({{ latitude }})) * cos(radians({{ other_latitude }}))
        * pow(sin(radians({{ other_longitude }} - {{ longitude }}) / 2), 2)
    )))
{%- endmacro %}

{# Hours by which the clocks of a zone are ahead of UTC at a moment. #}
{% macro hours_ahead_of_utc(zone, moment) -%}
    date_diff('minute', {{ moment }} at time zone 'UTC', {{ moment }} at time zone {{ zone }}) / 60.0
{%- endmacro %}

{# A number as a decimal, because sums of floats depend on the order of rows. #}
{% macro exact(number) -%}
    cast({{ number }} as decimal(18, 6))
{%- endmacro %}

{# A share of sums, null where nothing was counted. #}
{% macro over(part, whole) -%}
    cast({{ part }} as double) / nullif({{ whole }}, 0)
{%- endmacro %}

{# The numbers of a box score that are counted in whole events. #}
{% macro box_score() -%}
    {{ return([
        'points', 'field_goals_made', 'field_goals_attempted', 'threes_made', 'threes_attempted', 'free_throws_made',
        'free_throws_attempted', 'rebounds_offensive', 'rebounds_defensive', 'assists', 'steals', 'blocks',
        'turnovers', 'fouls',
    ]) }}
{%- endmacro %}

{# Which of a team's recent games a window holds, by the spans of stg_recent_games. #}
{% macro recent_windows() -%}
    {{ return({'l5': 'span <= 5', 'l10': 'span <= 10', 'l20': 'span <= 20', 'season': 'is_this_season'}) }}
{%- endmacro %}

{# Sums and counts of measures of a team's recent games, one row a moment and span, to be put together by windows. #}
{% macro spans(measures, games) -%}
    select
        recent.team_moment,
        recent.span,
        recent.is_this_season,
        count(*) as games,
        {% for measure in measures %}
            sum(games.{{ measure }}) as {{ measure }},
            count(games.{{ measure }}) as {{ measure }}_count,
        {% endfor %}
    from {{ ref('stg_recent_games') }} as recent
    inner join {{ games }} as games on recent.team_game = games.team_game
    group by recent.team_moment, recent.span, recent.is_this_season
{%- endmacro %}

{# The sum of a measure over a window of spans. #}
{% macro sum_over(measure, window) -%}
    sum({{ measure }}) filter (where {{ recent_windows()[window] }})
{%- endmacro %}

{# The mean of a measure over a window of spans; null where it is known of none of the games. #}
{% macro mean_over(measure, window) -%}
    {{ over(sum_over(measure, window), sum_over(measure ~ '_count', window)) }}
{%- endmacro %}

{# A player's role by the assists and rebounds of his season so far. #}
{% macro role_of(totals) -%}
    case
        when {{ totals }}.assists_season >= {{ totals }}.rebounds_season then 'guard'
        when 4 * {{ totals }}.assists_season <= {{ totals }}.rebounds_season then 'big'
        else 'wing'
    end
{%- endmacro %}
