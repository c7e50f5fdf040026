"""What korfball costs: files and lines by kind."""

from __future__ import annotations

from collections import Counter

from tests.third_sport.catalogues import LINES
from tests.third_sport.house import OVERLAY

KINDS = {
    "lake/contracts": "contracts",
    "sources": "source",
    "dbt_project": "SQL",
    "models": "model",
    "replay": "craft",
}
CATALOGUES = "lines in catalogues"


def cost() -> dict[str, tuple[int, int]]:
    """By kind: files that are new, or edited in the case of the catalogues, and their new lines."""
    files, lines = Counter[str](), Counter[str]()
    for path in OVERLAY.rglob("*.*"):
        if path.is_file() and path.suffix in (".py", ".sql", ".yaml"):
            where = path.relative_to(OVERLAY).as_posix()
            kind = next(kind for folder, kind in KINDS.items() if where.startswith(f"{folder}/"))
            files[kind] += 1
            lines[kind] += len(path.read_text(encoding="utf-8").splitlines())
    files[CATALOGUES] = len({line.file for line in LINES})
    lines[CATALOGUES] = sum(len(line.added.splitlines()) for line in LINES)
    return {kind: (files[kind], lines[kind]) for kind in (*KINDS.values(), CATALOGUES)}
