-- Every finished match twice, from either club's side, as it was known from one moment on: a late correction or late
-- statistics begin a row of their own and never reach back. Statistics count as first told, prices as they stood when
-- the first result became known. Decimals, because sums of floats depend on the order of rows.
with first_results as (
    select
        match_id,
        min(known_at_utc) as known_at_utc
    from {{ ref('stg_results') }}
    group by match_id
),

first_prices as (
    select
        prices.match_id,
        prices.quote_kind,
        cast(ln(prices.away_odds_dec / prices.home_odds_dec) as decimal(18, 9)) as home_log_odds_ratio
    from {{ ref('stg_match_prices') }} as prices
    inner join first_results
        on prices.match_id = first_results.match_id and prices.known_at_utc <= first_results.known_at_utc
    where not prices.is_aggregate
    qualify row_number() over (
        partition by prices.match_id, prices.bookmaker, prices.quote_kind order by prices.known_at_utc
    ) = 1
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

told as (
    select
        match_id,
        known_at_utc
    from {{ ref('stg_results') }}
    union
    select
        match_id,
        shots_known_at_utc as known_at_utc
    from {{ ref('stg_statistics') }}
    union
    select
        match_id,
        shots_on_target_known_at_utc as known_at_utc
    from {{ ref('stg_statistics') }}
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

wide as (
    select
        results.* exclude (known_at_utc, superseded_at_utc),
        moments.known_at_utc,
        moments.superseded_at_utc,
        {% for side in ['home', 'away'] %}
            {% for measure in ['shots', 'shots_on_target'] %}
                case
                    when moments.known_at_utc >= {{ side }}.{{ measure }}_known_at_utc then {{ side }}.{{ measure }}
                end as {{ side }}_{{ measure }},
            {% endfor %}
        {% endfor %}
        cast(market.home_log_odds_ratio as decimal(18, 9)) as home_log_odds_ratio
    from moments
    inner join {{ ref('stg_results') }} as results
        on
            moments.match_id = results.match_id
            and moments.known_at_utc >= results.known_at_utc
            and moments.known_at_utc < results.superseded_at_utc
    left join {{ ref('stg_statistics') }} as home on moments.match_id = home.match_id and home.side = 'home'
    left join {{ ref('stg_statistics') }} as away on moments.match_id = away.match_id and away.side = 'away'
    left join market on moments.match_id = market.match_id
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
