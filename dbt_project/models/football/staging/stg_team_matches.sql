-- Every finished match twice, from either club's side, with the statistics and the price as they were first known:
-- a late correction of these does not reach back. Decimals, because sums of floats depend on the order of rows.
with statistics as (
    select
        match_id,
        side,
        min_by(shots, known_at_utc) as shots,
        min_by(shots_on_target, known_at_utc) as shots_on_target
    from {{ source('silver_football', 'team_stats') }}
    where known_at_utc <= {{ as_of() }}
    group by match_id, side
),

first_prices as (
    select
        match_id,
        quote_kind,
        cast(ln(away_odds_dec / home_odds_dec) as decimal(18, 9)) as home_log_odds_ratio
    from {{ ref('stg_match_prices') }}
    where not is_aggregate
    qualify row_number() over (partition by match_id, bookmaker, quote_kind order by known_at_utc) = 1
),

market as (
    select
        match_id,
        coalesce(
            avg(home_log_odds_ratio) filter (where quote_kind = 'closing'),
            avg(home_log_odds_ratio) filter (where quote_kind != 'closing')
        ) as home_log_odds_ratio
    from first_prices
    group by match_id
),

wide as (
    select
        results.*,
        home.shots as home_shots,
        home.shots_on_target as home_shots_on_target,
        away.shots as away_shots,
        away.shots_on_target as away_shots_on_target,
        cast(market.home_log_odds_ratio as decimal(18, 9)) as home_log_odds_ratio
    from {{ ref('stg_results') }} as results
    left join statistics as home on results.match_id = home.match_id and home.side = 'home'
    left join statistics as away on results.match_id = away.match_id and away.side = 'away'
    left join market on results.match_id = market.match_id
)

select
    match_id,
    competition_id,
    season_code,
    event_at_utc,
    known_at_utc,
    superseded_at_utc,
    'home' as venue,
    home_team_id as team_id,
    away_team_id as opponent_id,
    home_goals as goals_for,
    away_goals as goals_against,
    home_shots as shots_for,
    away_shots as shots_against,
    home_shots_on_target as shots_on_target_for,
    away_shots_on_target as shots_on_target_against,
    home_log_odds_ratio as log_odds_ratio
from wide
union all
select
    match_id,
    competition_id,
    season_code,
    event_at_utc,
    known_at_utc,
    superseded_at_utc,
    'away' as venue,
    away_team_id as team_id,
    home_team_id as opponent_id,
    away_goals as goals_for,
    home_goals as goals_against,
    away_shots as shots_for,
    home_shots as shots_against,
    away_shots_on_target as shots_on_target_for,
    home_shots_on_target as shots_on_target_against,
    -home_log_odds_ratio as log_odds_ratio
from wide
