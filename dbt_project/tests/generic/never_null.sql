{# No row lacks a value that it must have: one test a model, however many columns it has. #}
{% test never_null(model, columns) %}
    select *
    from {{ model }}
    where
        {% for column in columns %}
            {{ column }} is null {{ "or" if not loop.last }}
        {% endfor %}
{% endtest %}
