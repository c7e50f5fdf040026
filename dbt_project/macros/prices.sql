{# Each book's prices of the winner at every moment at which one of them became known, side by side: rows with all of
   them. `keep`: further columns of a quote, the least of those told at one moment. #}
{% macro winner_prices(quotes, market, selections, keep=[]) -%}
with changes as (
    select
        match_id,
        competition_id,
        season_code,
        bookmaker,
        is_aggregate,
        quote_kind,
        known_at_utc,
        {% for column in keep %}
            min({{ column }}) as {{ column }},
        {% endfor %}
        {% for selection in selections %}
            max(case when selection = '{{ selection }}' then price_odds_dec end) as {{ selection }}_change,
        {% endfor %}
    from {{ quotes }}
    where market = '{{ market }}' and known_at_utc <= {{ as_of() }}
    group by all
),

standing as (
    select
        * exclude ({% for selection in selections %}{{ selection }}_change{{ ', ' if not loop.last }}{% endfor %}),
        {% for selection in selections %}
            last_value({{ selection }}_change ignore nulls) over moment as {{ selection }}_odds_dec,
        {% endfor %}
    from changes
    window moment as (
        partition by match_id, bookmaker, quote_kind order by known_at_utc
        rows between unbounded preceding and current row
    )
)

select *
from standing
where {% for selection in selections %}{{ selection }}_odds_dec is not null{{ ' and ' if not loop.last }}{% endfor %}
{%- endmacro %}
