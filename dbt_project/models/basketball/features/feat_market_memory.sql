-- What the market thought of a team's recent games and how they ended against it, as known at each moment at which
-- something about the team became known. Margins are the team's own, so the expected one is its spread with the sign
-- turned. A push counts half. Ablation group: market_memory.
{% set averages = [
    'expected_margin', 'closing_total', 'expected_points_for', 'expected_points_against', 'cover_margin', 'cover_rate',
    'over_margin', 'over_rate', 'expected_margin_adjusted',
] %}
with surprises as (
    select
        team_game,
        expected_margin,
        closing_total,
        points_for - points_against - expected_margin as cover_margin,
        points_for + points_against - closing_total as over_margin
    from {{ ref('stg_team_games') }}
),

games as (
    select
        surprises.*,
        {{ exact('(surprises.closing_total + surprises.expected_margin) / 2') }} as expected_points_for,
        {{ exact('(surprises.closing_total - surprises.expected_margin) / 2') }} as expected_points_against,
        0.5 + 0.5 * cast(sign(surprises.cover_margin) as integer) as cover_rate,
        0.5 + 0.5 * cast(sign(surprises.over_margin) as integer) as over_rate,
        cast(surprises.expected_margin > 0 as integer) as favourite_rate,
        abs(surprises.cover_margin) as absolute_cover_margin,
        abs(surprises.over_margin) as absolute_over_margin,
        adjusted.expected_margin_adjusted
    from surprises
    inner join {{ ref('stg_adjusted_games') }} as adjusted on surprises.team_game = adjusted.team_game
),

spans as (
    {{ spans(averages + ['favourite_rate', 'absolute_cover_margin', 'absolute_over_margin'], 'games') }}
),

recent as (
    select
        {% for measure in averages %}
            {% for window in recent_windows() %}
                {{ mean_over(measure, window) }} as {{ measure }}_{{ window }},
            {% endfor %}
        {% endfor %}
        {% for measure in ['favourite_rate', 'absolute_cover_margin', 'absolute_over_margin'] %}
            {{ mean_over(measure, 'l20') }} as {{ measure }}_l20,
        {% endfor %}
        team_moment
    from spans
    group by team_moment
),

one_by_one as (
    select
        recent.team_moment,
        {% for venue in ['home', 'away'] %}
            avg(games.cover_margin) filter (
                where recent.venue = '{{ venue }}' and recent.nth_at_venue <= 10
            ) as cover_margin_{{ venue }}_l10,
        {% endfor %}
        cast(any_value(games.expected_margin) filter (where recent.nth = 1) as double) as expected_margin_last,
        cast(any_value(games.closing_total) filter (where recent.nth = 1) as double) as closing_total_last
    from {{ ref('stg_recent_games') }} as recent
    inner join games on recent.team_game = games.team_game
    where recent.nth_at_venue <= 10
    group by recent.team_moment
)

select
    moments.team_id,
    moments.known_at_utc,
    moments.event_at_utc,
    moments.competition_id,
    moments.season_code,
    recent.* exclude (team_moment),
    {% for measure in ['expected_margin', 'closing_total'] %}
        previous.{{ measure }}_season as {{ measure }}_previous_season,
    {% endfor %}
    one_by_one.* exclude (team_moment)
from {{ ref('stg_team_moments') }} as moments
inner join recent on moments.team_moment = recent.team_moment
inner join one_by_one on moments.team_moment = one_by_one.team_moment
left join recent as previous on moments.previous_moment = previous.team_moment
