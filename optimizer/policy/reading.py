"""A policy from its file, and the policy of a bettor who has none. Every fault is a sentence with key and line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from core.errors import PermanentError
from core.settings import Staking
from optimizer.policy.jurisdictions import jurisdictions
from optimizer.policy.schema import LOOSEN_AFTER_HOURS, Policy

_FROM_STAKING = ("minimum_edge", "maximum_price_odds_dec", "maximum_price_age_minutes")
_Place = tuple[str | int, ...]


class PolicyInvalid(PermanentError):
    """A policy file cannot be read, or asks for what does not exist."""


def default(staking: Staking) -> Policy:
    """The policy of a bettor without a file: the settings' own rules, no limit beyond them, no jurisdiction."""
    return Policy.model_validate(
        {"bettor_id": "default", "currency": staking.currency, "limits": _completed({}, None, staking)}
        | _markets({}, staking)
    )


def load(path: Path, staking: Staking | None = None) -> Policy:
    """The policy in a YAML file; minimum edge, maximum price and its age are those of `staking` where it names none.

    Raises PolicyInvalid with one sentence for each fault.
    """
    text = _text(path)
    raw, lines = _parsed(path, text)
    limits, place = raw.get("limits") or {}, raw.get("jurisdiction")
    if isinstance(limits, dict):
        raw = raw | {"limits": _completed(limits, place, staking or Staking())}
    raw = raw | _markets(raw, staking or Staking())
    try:
        return Policy.model_validate(raw)
    except ValidationError as error:
        faults = " ".join(_sentence(fault["loc"], fault["msg"], lines) for fault in error.errors())
        raise PolicyInvalid(f"Policy {path.name}: {faults}", "docs/policy.example.yaml shows every key.") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyInvalid(
            f"The policy file '{path.name}' cannot be read: {error}.", "Start from docs/policy.example.yaml."
        ) from error


def _parsed(path: Path, text: str) -> tuple[dict[str, Any], dict[_Place, int]]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise PolicyInvalid(f"Policy {path.name} is no YAML: {error}.", "Indent with spaces.") from error
    if root is None or not isinstance(raw, dict):
        raise PolicyInvalid(f"Policy {path.name} holds no keys.", "Start from docs/policy.example.yaml.")
    lines: dict[_Place, int] = {}
    for place, line in _places(root, ()):
        if place in lines:
            raise PolicyInvalid(
                f"Policy {path.name}: {_name(place)} is written twice, on lines {lines[place]} and {line}.",
                "Keep the one you mean.",
            )
        lines[place] = line
    return raw, lines


def _completed(limits: dict[str, Any], place: object, staking: Staking) -> dict[str, Any]:
    known = jurisdictions().get(place) if isinstance(place, str) else None
    delay = max(LOOSEN_AFTER_HOURS, known.loosen_after_hours) if known else LOOSEN_AFTER_HOURS
    return {name: getattr(staking, name) for name in _FROM_STAKING} | {"loosen_after_hours": delay} | limits


def _markets(raw: dict[str, Any], staking: Staking) -> dict[str, Any]:
    """Preferences with the markets of the settings, where the policy says nothing about markets."""
    wanted = raw.get("preferences") or {}
    if not isinstance(wanted, dict) or "markets" in wanted:
        return {}
    return {"preferences": {"markets": {"only": list(staking.markets)}} | wanted}


def _places(node: yaml.Node, above: _Place) -> Iterator[tuple[_Place, int]]:
    """Every key and list entry with its line, counted from 1."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place = (*above, str(key.value))
            yield place, key.start_mark.line + 1
            yield from _places(value, place)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield (*above, number), value.start_mark.line + 1
            yield from _places(value, (*above, number))


def _sentence(place: _Place, message: str, lines: dict[_Place, int]) -> str:
    said = message.removeprefix("Value error, ").rstrip(".")
    known = next((place[:depth] for depth in range(len(place), 0, -1) if place[:depth] in lines), None)
    where = f" (line {lines[known]})" if known else ""
    return f"{_name(place)}{where}: {said}." if place else f"{said[0].upper()}{said[1:]}."


def _name(place: _Place) -> str:
    return ".".join(map(str, place))
