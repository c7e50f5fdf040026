-- Every finished game twice, from either team's side, as it was known from one moment on: a late correction or late
-- box scores begin a row of their own and never reach back. Box scores count as first told, lines as they closed.
-- Possessions are the mean of both sides' field goals attempted - offensive rebounds + turnovers + 0.44 free throws
-- attempted (Kubatko, Oliver, Pelton and Rosenbaum 2007, A starting point for analyzing basketball statistics).
{% set counts = box_score() | reject('equalto', 'points') | list %}
with told as (
    select
        match_id,
        known_at_utc
    from {{ ref('stg_results') }}
    union
    select
        match_id,
        max(known_at_utc) as known_at_utc
    from {{ ref('stg_statistics') }}
    group by match_id
    having count(*) = 2
),

first_results as (
    select
        match_id,
        min(known_at_utc) as known_at_utc
    from {{ ref('stg_results') }}
    group by match_id
),

moments as (
    select
        told.match_id,
        told.known_at_utc,
        coalesce(
            lead(told.known_at_utc) over (partition by told.match_id order by told.known_at_utc),
            timestamptz '9999-01-01 00:00:00+00'
        ) as superseded_at_utc
    from told
    inner join first_results
        on told.match_id = first_results.match_id and told.known_at_utc >= first_results.known_at_utc
),

box_scores as (
    select
        {% for side in ['home', 'away'] %}
            {% for count in counts %}
                {{ side }}.{{ count }} as {{ side }}_{{ count }},
            {% endfor %}
        {% endfor %}
        home.match_id,
        greatest(home.known_at_utc, away.known_at_utc) as known_at_utc,
        cast(round(least(home.minutes, away.minutes) / 25 - 9.6) as integer) as overtime_periods,
        (
            home.field_goals_attempted + away.field_goals_attempted
            - home.rebounds_offensive - away.rebounds_offensive
            + home.turnovers + away.turnovers
            + 0.44 * (home.free_throws_attempted + away.free_throws_attempted)
        ) / 2 as possessions
    from {{ ref('stg_statistics') }} as home
    inner join {{ ref('stg_statistics') }} as away
        on home.match_id = away.match_id and home.side = 'home' and away.side = 'away'
),

wide as (
    select
        results.* exclude (known_at_utc, superseded_at_utc, overtime_periods),
        moments.known_at_utc,
        moments.superseded_at_utc,
        48 + 5 * greatest(coalesce(results.overtime_periods, box_scores.overtime_periods, 0), 0) as game_minutes,
        cast(box_scores.possessions as decimal(9, 3)) as possessions,
        box_scores.* exclude (match_id, known_at_utc, overtime_periods, possessions),
        cast(closing.home_spread as decimal(9, 3)) as home_spread,
        cast(closing.total as decimal(9, 3)) as closing_total,
        box_scores.possessions is not null
        and row_number() over (
            partition by moments.match_id, box_scores.possessions is not null order by moments.known_at_utc
        ) = 1 as is_first_in_full
    from moments
    inner join {{ ref('stg_results') }} as results
        on
            moments.match_id = results.match_id
            and moments.known_at_utc >= results.known_at_utc
            and moments.known_at_utc < results.superseded_at_utc
    left join box_scores on moments.match_id = box_scores.match_id and moments.known_at_utc >= box_scores.known_at_utc
    left join {{ ref('stg_closing_lines') }} as closing on moments.match_id = closing.match_id
),

sides as (
    {% for side, other in [('home', 'away'), ('away', 'home')] %}
        select
            match_id,
            competition_id,
            season_code,
            {{ season_year('season_code') }} as season_year,
            season_type,
            event_at_utc,
            league_day,
            known_at_utc,
            superseded_at_utc,
            is_first_in_full,
            case when is_neutral then 'neutral' else '{{ side }}' end as venue,
            {{ side }}_team_id as team_id,
            {{ other }}_team_id as opponent_id,
            cast({{ side }}_points as integer) as points_for,
            cast({{ other }}_points as integer) as points_against,
            cast(game_minutes as integer) as game_minutes,
            possessions,
            cast(case when possessions is not null then {{ side }}_points end as integer) as rated_points_for,
            cast(case when possessions is not null then {{ other }}_points end as integer) as rated_points_against,
            cast(case when possessions is not null then game_minutes end as integer) as rated_minutes,
            {% for count in counts %}
                cast({{ side }}_{{ count }} as integer) as {{ count }}_for,
                cast({{ other }}_{{ count }} as integer) as {{ count }}_against,
            {% endfor %}
            {{ "-" if side == 'home' }}home_spread as expected_margin,
            closing_total
        from wide
        {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    cast(row_number() over (order by team_id, event_at_utc, match_id, known_at_utc) as integer) as team_game,
    *
from sides
