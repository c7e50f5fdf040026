{# The moment of decision: nothing known later may be read. #}
{% macro as_of() -%}
    cast('{{ modules.datetime.datetime.fromisoformat(var("as_of_utc")).isoformat() }}' as timestamptz)
{%- endmacro %}

{# The end of the horizon that the decision looks ahead to. #}
{% macro horizon_end() -%}
    {{ as_of() }} + interval ({{ var("horizon_hours") | float }} * 60) minute
{%- endmacro %}

{# Whether the run was asked for this league; without a list every league is. #}
{% macro is_asked_for(competition_id) -%}
    {%- if var("leagues", []) -%}
        {{ competition_id }} in (
            {%- for league in var("leagues") -%}
                '{{ league | replace("'", "''") }}'{{ ", " if not loop.last }}
            {%- endfor -%}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
