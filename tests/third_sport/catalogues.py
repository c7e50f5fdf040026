"""Korfball's lines in the catalogues of the house: everything outside its own files that a sport has to edit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Line:
    """Lines of text that go in before others of a file; raises ValueError where these do not stand exactly once."""

    file: str
    before: str
    added: str

    def write(self, root: Path) -> None:
        """Add them to the file under a root."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        if text.count(self.before) != 1:
            raise ValueError(f"{self.file} has {text.count(self.before)} places for korfball, not one.")
        path.write_text(text.replace(self.before, self.added + self.before), encoding="utf-8")


LINES = (
    Line(
        "lake/contracts/competitions.yaml",
        "basketball:\n",
        "korfball:\n"
        "  KL: {name: Korfball, country: NLD, tier: 1, timezone: Europe/Amsterdam, korfball_paper: {code: KL}}\n",
    ),
    Line(
        "core/market/sports.py",
        '    )\n}\n"""By name',
        "        Sport(\n"
        '            "korfball",\n'
        '            ("home_goals", "away_goals"),\n'
        "            (MONEYLINE.name,),\n"
        "            _decided_scores(0, 1),\n"
        "            Spread(supremacy=0.05, goals=0.0, league_goals=0.0),\n"
        "            horizon_hours=72.0,\n"
        "        ),\n",
    ),
    Line(
        "sources/catalog.py",
        "from sources.local_sets.football.source",
        "from sources.korfball_paper.source import KorfballPaper\n",
    ),
    Line("sources/catalog.py", "    )\n\n\nSOURCES", "        KorfballPaper(),\n"),
    Line("feature_repo/tables.py", '}\n"""Keyed by team', '    "korfball": ("feat_team_form",),\n'),
    Line("feature_repo/tables.py", '}\n"""What the models', '    "korfball": "korfball_winner_v1",\n'),
    Line(
        "replay/catalog.py",
        "CRAFTS: Mapping",
        "def _korfball() -> Craft:\n    from replay import korfball\n\n    return korfball\n\n\n",
    ),
    Line("replay/catalog.py", "}\n\n\ndef craft_of", '    "korfball": _korfball,\n'),
)
