-- What is known at the decision of a game of each player who last played for one of its sides in the season: minutes,
-- usage, what he does per minute, who is missing beside him, and what his opponent allows. Ablation group: player_form.
{% set rates = [
    'points', 'rebounds', 'assists', 'threes_made', 'steals', 'blocks', 'turnovers', 'fouls', 'field_goals_attempted',
    'threes_attempted', 'free_throws_attempted', 'rebounds_offensive',
] %}
{% set windows = ['l3', 'l5', 'l10', 'season'] %}
{% set allowed = [
    'points', 'rebounds', 'assists', 'threes_made', 'steals', 'blocks', 'turnovers', 'field_goals_attempted',
    'free_throws_attempted',
] %}
with sides as (
    {% for side, other in [('home', 'away'), ('away', 'home')] %}
        select
            spine.match_id,
            spine.competition_id,
            spine.season_code,
            spine.as_of_utc,
            spine.event_at_utc,
            '{{ side }}' as side,
            cast(not spine.is_neutral and '{{ side }}' = 'home' as integer) as at_home,
            spine.{{ side }}_team_id as team_id,
            spine.{{ other }}_team_id as opponent_id,
            schedule.{{ side }}_rest_days as team_rest_days,
            schedule.{{ side }}_back_to_back as back_to_back,
            schedule.{{ side }}_games_l7d as team_games_l7d,
            schedule.{{ other }}_rest_days as opponent_rest_days
        from {{ ref('spn_decisions') }} as spine
        inner join {{ ref('feat_match_schedule') }} as schedule on spine.match_id = schedule.match_id
        {{ "union all" if not loop.last }}
    {% endfor %}
),

paced as (
    select
        sides.*,
        own.pace_l10 as team_pace_l10,
        own.offensive_rating_l10 as team_offensive_rating_l10
    from sides
    asof left join {{ ref('feat_team_efficiency') }} as own
        on sides.team_id = own.team_id and sides.as_of_utc >= own.known_at_utc
),

faced as (
    select
        paced.*,
        theirs.pace_l10 as opponent_pace_l10,
        theirs.defensive_rating_l10 as opponent_defensive_rating_l10
    from paced
    asof left join {{ ref('feat_team_efficiency') }} as theirs
        on paced.opponent_id = theirs.team_id and paced.as_of_utc >= theirs.known_at_utc
),

allowing as (
    select
        {% for count in allowed %}
            {% for window in ['l10', 'season'] %}
                allowances.{{ count }}_{{ window }} as opponent_{{ count }}_allowed_{{ window }},
            {% endfor %}
        {% endfor %}
        faced.*
    from faced
    asof left join {{ ref('stg_allowances') }} as allowances
        on faced.opponent_id = allowances.team_id and faced.as_of_utc >= allowances.known_at_utc
),

team_games as (
    select distinct
        team_id,
        season_code,
        known_at_utc,
        max(nth_of_team) over (partition by team_id, season_code order by known_at_utc) as nth_of_team
    from {{ ref('stg_player_games') }}
),

counted as (
    select
        allowing.*,
        team_games.nth_of_team as team_games_season
    from allowing
    asof inner join team_games
        on
            allowing.team_id = team_games.team_id
            and allowing.season_code = team_games.season_code
            and allowing.as_of_utc >= team_games.known_at_utc
),

listed as (
    select
        match_id,
        side,
        player_id,
        status in ('out', 'suspended', 'doubtful') as is_out,
        status = 'questionable' as is_questionable,
        {{ exact('coalesce(minutes_season / games_season, 0)') }} as minutes_out,
        {{ exact('coalesce(points_season / games_season, 0)') }} as points_out
    from {{ ref('stg_absences') }}
    where status not in ('available', 'probable')
),

missing as (
    select
        match_id,
        side,
        count(*) as players_out,
        sum(minutes_out) as minutes_out,
        sum(points_out) as points_out
    from listed
    group by match_id, side
),

players as (
    select
        counted.*,
        totals.* exclude (season_code, team_id, match_id, event_at_utc, league_day, known_at_utc, superseded_at_utc),
        {{ league_day('counted.event_at_utc') }} - totals.league_day as days_since_last_game,
        counted.team_games_season - totals.nth_of_team as team_games_missed,
        {{ role_of('totals') }} as player_role,
        coalesce(listed.is_out, false) as is_out,
        coalesce(listed.is_questionable, false) as is_questionable,
        coalesce(listed.minutes_out, 0) as own_minutes_out,
        coalesce(listed.points_out, 0) as own_points_out,
        coalesce(missing.players_out, 0) as side_players_out,
        coalesce(missing.minutes_out, 0) as side_minutes_out,
        coalesce(missing.points_out, 0) as side_points_out
    from counted
    inner join {{ ref('stg_player_totals') }} as totals
        on
            counted.team_id = totals.team_id
            and counted.season_code = totals.season_code
            and counted.as_of_utc >= totals.known_at_utc
            and counted.as_of_utc < totals.superseded_at_utc
    left join listed
        on
            counted.match_id = listed.match_id
            and counted.side = listed.side
            and totals.player_id = listed.player_id
    left join missing on counted.match_id = missing.match_id and counted.side = missing.side
)

select
    players.match_id,
    players.competition_id,
    players.season_code,
    players.as_of_utc,
    players.player_id,
    players.team_id,
    players.player_role,
    players.at_home,
    players.team_rest_days,
    players.back_to_back,
    players.team_games_l7d,
    players.opponent_rest_days,
    players.days_since_last_game,
    players.team_games_missed,
    players.games_season,
    least({{ over('players.games_season', 'players.team_games_season') }}, 1) as played_rate_season,
    cast(players.is_out as integer) as listed_out,
    cast(players.is_questionable as integer) as listed_questionable,
    players.side_players_out - cast(players.is_out or players.is_questionable as integer) as teammates_out,
    cast(players.side_minutes_out - players.own_minutes_out as double) as teammates_minutes_out,
    cast(players.side_points_out - players.own_points_out as double) as teammates_points_out,
    cast(players.minutes_last as double) as minutes_last,
    {{ over('players.minutes_l3', 'least(players.games_l10, 3)') }} as minutes_l3,
    {{ over('players.minutes_l5', 'least(players.games_l10, 5)') }} as minutes_l5,
    {{ over('players.minutes_l10', 'players.games_l10') }} as minutes_l10,
    {{ over('players.minutes_season', 'players.games_season') }} as minutes_season,
    sqrt(greatest(
        {{ over('players.squared_minutes_l10', 'players.games_l10') }}
        - pow({{ over('players.minutes_l10', 'players.games_l10') }}, 2), 0
    )) as minutes_deviation_l10,
    {% for window in windows %}
        {{ over('players.minutes_' ~ window, 'players.game_minutes_' ~ window) }} as minutes_share_{{ window }},
        {{ over('players.plays_' ~ window, 'players.team_plays_seen_' ~ window) }} as usage_{{ window }},
        players.top_five_rate_{{ window }},
        {% for rate in rates %}
            {{ over('players.' ~ rate ~ '_' ~ window, 'players.minutes_' ~ window) }}
                as {{ rate }}_per_minute_{{ window }},
        {% endfor %}
    {% endfor %}
    {% for window in ['l10', 'season'] %}
        {{ over('players.plus_minus_' ~ window, 'players.minutes_' ~ window) }} as plus_minus_per_minute_{{ window }},
        {{ over(
            '(players.field_goals_made_' ~ window ~ ' + 0.5 * players.threes_made_' ~ window ~ ')',
            'players.field_goals_attempted_' ~ window
        ) }} as effective_field_goal_{{ window }},
        {{ over('players.free_throws_made_' ~ window, 'players.free_throws_attempted_' ~ window) }}
            as free_throw_accuracy_{{ window }},
    {% endfor %}
    players.team_pace_l10,
    players.team_offensive_rating_l10,
    players.opponent_pace_l10,
    {% for count in allowed %}
        {% for window in ['l10', 'season'] %}
            players.opponent_{{ count }}_allowed_{{ window }},
        {% endfor %}
    {% endfor %}
    {% for count in ['points', 'rebounds', 'assists', 'threes_made'] %}
        by_role.{{ count }}_over_usual as opponent_{{ count }}_over_usual_role,
    {% endfor %}
    players.opponent_defensive_rating_l10
from players
asof left join {{ ref('stg_role_allowances') }} as by_role
    on
        players.opponent_id = by_role.team_id
        and players.season_code = by_role.season_code
        and players.player_role = by_role.player_role
        and players.as_of_utc >= by_role.known_at_utc
