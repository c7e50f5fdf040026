"""The backtest of basketball where not every game was quoted: those that were not are told apart, and none is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.settings import load_settings
from lake.storage import Lake
from replay.basketball.walk import CLOSE, MODEL, backtest
from tests.unit.replay import arenas

SETTINGS = load_settings(threads=1).of("basketball")
FIRST, LAST = date(2021, 10, 1), date(2022, 6, 30)


def reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unquoted: int) -> dict[str, Any]:
    """The report on a season whose last games have no closing line."""
    games = arenas.games()
    closing = games.closing.copy()
    closing[len(closing) - unquoted :] = np.nan
    arenas.shown(monkeypatch, replace(games, closing=closing))
    found: dict[str, Any] = json.loads(backtest(Lake(tmp_path), SETTINGS, FIRST, LAST, lambda _: None)["report"][0])
    return found


def test_games_without_closing_lines_are_judged_by_their_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = reported(tmp_path, monkeypatch, unquoted=50)
    assert (report["overall"]["n"], report["without_close"]["n"]) == (arenas.GAMES - 50, 50)
    apart = report["without_close"]["forecasters"]
    assert MODEL in apart
    assert CLOSE not in apart
    assert 0.4 < apart[MODEL]["log_loss"] < 0.9
    assert 5 < apart[MODEL]["spread_mae"] < 15


def test_where_every_game_was_quoted_none_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = reported(tmp_path, monkeypatch, unquoted=0)
    assert report["without_close"] == {"n": 0, "forecasters": {}}
    assert report["overall"]["n"] == arenas.GAMES
