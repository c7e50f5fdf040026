-- A club's recent matches as known at each moment at which something about it became known.
{% set averages = {
    'points': 'points',
    'goals_for': 'goals_for',
    'goals_against': 'goals_against',
    'shots_for': 'shots_for',
    'shots_against': 'shots_against',
    'shots_on_target_for': 'shots_on_target_for',
    'shots_on_target_against': 'shots_on_target_against',
    'log_odds_ratio': 'log_odds_ratio',
} %}
with team_matches as (
    select
        *,
        case when goals_for > goals_against then 3 when goals_for = goals_against then 1 else 0 end as points
    from {{ ref('stg_team_matches') }}
),

-- A moment looks back 400 days, so it meets the matches of its own stretch of 400 days and of the one before: an
-- equality that keeps the join small.
stretches as (
    select
        *,
        cast(epoch(event_at_utc) as bigint) // (400 * 86400) as stretch
    from team_matches
    union all
    select
        *,
        cast(epoch(event_at_utc) as bigint) // (400 * 86400) + 1 as stretch
    from team_matches
),

moments as (
    select distinct
        team_id,
        known_at_utc,
        cast(epoch(known_at_utc) as bigint) // (400 * 86400) as stretch
    from team_matches
),

recent as (
    select
        moments.team_id,
        moments.known_at_utc,
        stretches.* exclude (team_id, known_at_utc, superseded_at_utc, stretch, opponent_id),
        row_number() over (
            partition by moments.team_id, moments.known_at_utc
            order by stretches.event_at_utc desc, stretches.match_id asc
        ) as nth,
        row_number() over (
            partition by moments.team_id, moments.known_at_utc, stretches.venue
            order by stretches.event_at_utc desc, stretches.match_id asc
        ) as nth_at_venue
    from moments
    inner join stretches
        on
            moments.team_id = stretches.team_id
            and moments.stretch = stretches.stretch
            and moments.known_at_utc >= stretches.known_at_utc
            and moments.known_at_utc < stretches.superseded_at_utc
            and stretches.event_at_utc > moments.known_at_utc - interval 400 day
)

select
    team_id,
    known_at_utc,
    max(event_at_utc) as event_at_utc,
    max_by(competition_id, event_at_utc) as competition_id,
    max_by(season_code, event_at_utc) as season_code,
    count(*) as matches_l400d,
    {% for name, column in averages.items() %}
        avg({{ column }}) filter (where nth <= 5) as {{ name }}_l5,
        avg({{ column }}) filter (where nth <= 20) as {{ name }}_l20,
    {% endfor %}
    avg(points) filter (where venue = 'home' and nth_at_venue <= 10) as points_home_l10,
    avg(goals_for) filter (where venue = 'home' and nth_at_venue <= 10) as goals_for_home_l10,
    avg(goals_against) filter (where venue = 'home' and nth_at_venue <= 10) as goals_against_home_l10,
    avg(points) filter (where venue = 'away' and nth_at_venue <= 10) as points_away_l10,
    avg(goals_for) filter (where venue = 'away' and nth_at_venue <= 10) as goals_for_away_l10,
    avg(goals_against) filter (where venue = 'away' and nth_at_venue <= 10) as goals_against_away_l10
from recent
group by team_id, known_at_utc
