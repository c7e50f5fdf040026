-- What a team allows to players of a role, over what these players usually do: 1 is what they do anywhere. A player's
-- role is told by his season before the game, because no source tells positions: at least as many assists as rebounds
-- make a guard, four rebounds to an assist a big, all between a wing. Games after his fifth of the season count.
{% set counts = ['points', 'rebounds', 'assists', 'threes_made'] %}
with before_it as (
    select
        {% for count in counts %}
            {{ exact('games.' ~ count) }} as {{ count }},
            {{ exact('games.minutes * totals.' ~ count ~ '_season / totals.minutes_season') }} as usual_{{ count }},
        {% endfor %}
        games.opponent_id as team_id,
        games.season_code,
        games.event_at_utc,
        games.known_at_utc,
        {{ role_of('totals') }} as player_role
    from {{ ref('stg_player_games') }} as games
    asof inner join {{ ref('stg_player_totals') }} as totals
        on
            games.player_id = totals.player_id
            and games.season_code = totals.season_code
            and games.event_at_utc >= totals.known_at_utc
    where totals.games_season >= 5
),

of_games as (
    select
        {% for count in counts %}
            sum({{ count }}) as {{ count }},
            sum(usual_{{ count }}) as usual_{{ count }},
        {% endfor %}
        team_id,
        season_code,
        player_role,
        event_at_utc,
        max(known_at_utc) as known_at_utc
    from before_it
    group by team_id, season_code, player_role, event_at_utc
)

select
    {% for count in counts %}
        {{ over('sum(' ~ count ~ ') over season', 'sum(usual_' ~ count ~ ') over season') }} as {{ count }}_over_usual,
    {% endfor %}
    team_id,
    season_code,
    player_role,
    known_at_utc
from of_games
window season as (partition by team_id, season_code, player_role order by known_at_utc)
