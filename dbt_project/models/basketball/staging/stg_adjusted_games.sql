-- What each team did in a game beyond what its opponent usually allows, by what was known of the opponent at tip-off:
-- points and possessions per game as in stg_team_games, null where nothing was known of the opponent.
with faced as (
    select
        games.team_game,
        games.possessions,
        games.game_minutes,
        games.rated_points_for,
        games.rated_points_against,
        games.field_goals_made_for,
        games.field_goals_made_against,
        games.threes_made_for,
        games.threes_made_against,
        games.field_goals_attempted_for,
        games.field_goals_attempted_against,
        games.expected_margin as expected_margin_here,
        opponents.*
    from {{ ref('stg_team_games') }} as games
    asof left join {{ ref('stg_usual_play') }} as opponents
        on games.opponent_id = opponents.team_id and games.event_at_utc >= opponents.known_at_utc
)

select
    team_game,
    {{ exact('100 * rated_points_for / possessions - defensive_rating') }} as offensive_rating_adjusted,
    {{ exact('100 * rated_points_against / possessions - offensive_rating') }} as defensive_rating_adjusted,
    {{ exact('48 * possessions / game_minutes - pace') }} as pace_adjusted,
    {% for side, usual in [('for', 'against'), ('against', 'for')] %}
        {{ exact(
            '(field_goals_made_' ~ side ~ ' + 0.5 * threes_made_' ~ side ~ ') / field_goals_attempted_' ~ side
            ~ ' - effective_field_goal_' ~ usual
        ) }} as effective_field_goal_{{ side }}_adjusted,
    {% endfor %}
    {{ exact('expected_margin_here + expected_margin') }} as expected_margin_adjusted
from faced
