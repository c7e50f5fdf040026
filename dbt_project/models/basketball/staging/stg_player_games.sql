-- Each player's games as they were first told, with what his side did in them; who was only listed played none. Plays
-- end with him: field goals and 0.44 free throws attempted, and turnovers. Of his side's plays he has seen the share of
-- its minutes that he was on the floor.
with first_told as (
    select *
    from {{ source('silver_basketball', 'player_stats') }}
    where known_at_utc <= {{ as_of() }}
    qualify row_number() over (partition by match_id, player_id order by known_at_utc) = 1
),

team_games as (
    select
        *,
        row_number() over (partition by team_id, season_code order by known_at_utc, event_at_utc) as nth_of_team,
        field_goals_attempted_for + 0.44 * free_throws_attempted_for + turnovers_for as team_plays
    from {{ ref('stg_team_games') }}
    where is_first_in_full
)

select
    players.player_id,
    players.match_id,
    players.season_code,
    games.team_id,
    games.opponent_id,
    games.event_at_utc,
    games.league_day,
    greatest(players.known_at_utc, games.known_at_utc) as known_at_utc,
    games.nth_of_team,
    games.game_minutes,
    cast(players.minutes as decimal(9, 3)) as minutes,
    cast(row_number() over (
        partition by players.match_id, players.team_id order by players.minutes desc, players.player_id asc
    ) <= 5 as integer) as top_five,
    {% for count in box_score() + ['rebounds'] %}
        cast(players.{{ count }} as integer) as {{ count }},
    {% endfor %}
    cast(players.plus_minus as decimal(9, 3)) as plus_minus,
    cast(
        players.field_goals_attempted + 0.44 * players.free_throws_attempted + players.turnovers as decimal(9, 3)
    ) as plays,
    cast(players.minutes * games.team_plays / games.game_minutes as decimal(9, 3)) as team_plays_seen
from first_told as players
inner join team_games as games on players.match_id = games.match_id and players.team_id = games.team_id
where players.minutes > 0
