"""The published formulation is that of the code, in maths that GitHub renders."""

from __future__ import annotations

import re

import pytest

from optimiser.constraints import CONSTRAINTS
from optimiser.costs import OBJECTIVE
from optimiser.formulation import DECISIONS, DOCS, formulation
from optimiser.model import build
from tests.optimiser.builders import one_base, posed

MATHS = re.compile(r"\$\$\n(.*?)\n\$\$|(?<!\$)\$([^$\n]+)\$(?!\$)", re.DOTALL)


@pytest.fixture(scope="module")
def page() -> str:
    """Return the formulation."""
    return formulation()


def test_the_page_is_current(page: str) -> None:
    """The page is what the docstrings say; python -m optimiser.formulation writes it again."""
    assert (DOCS / "formulation.md").read_text(encoding="utf-8") == page


def test_every_rule_and_term_is_there_in_order(page: str) -> None:
    """Each constraint has a heading, then each term of the cost, in the order of their lists."""
    headings = re.findall(r"^### `(\w+)`$", page, re.MULTILINE)

    assert headings == [one.__name__ for one in (*CONSTRAINTS, *OBJECTIVE)]


def test_every_constraint_has_one_equation(page: str) -> None:
    """The constraints stand between two headings, and each brings one display equation."""
    constraints = page.split("## Constraints")[1].split("## Objective", maxsplit=1)[0]

    assert len(re.findall(r"^\$\$$", constraints, re.MULTILINE)) == 2 * len(CONSTRAINTS)


def test_no_markup_of_the_docstrings_is_left(page: str) -> None:
    """Roles and directives of reStructuredText would show as they are."""
    assert ":math:" not in page
    assert ".. math" not in page
    assert "``" not in page


def test_the_maths_survives_markdown(page: str) -> None:
    """GitHub reads Markdown first, and what it would take for markup does not stand in the maths.

    It would eat a backslash before punctuation, and take an underscore between punctuation for
    emphasis; a display equation is one line, or a plus at the start of one would begin a list.
    """
    found = [display or inline for display, inline in MATHS.findall(page)]

    assert len(found) > len(CONSTRAINTS)
    for tex in found:
        assert "\n" not in tex
        assert not re.search(r"\\[^A-Za-z]", tex), tex
        assert not re.search(r"_\S", tex), tex
        assert "<" not in tex, tex
        assert tex.count("{") == tex.count("}"), tex
    assert page.count("$") == sum(4 if display else 2 for display, _ in MATHS.findall(page)), (
        "every dollar opens or closes maths"
    )


def test_the_decisions_listed_are_those_of_the_model() -> None:
    """A new family of decisions must be told, or it would be listed among the data."""
    assert set(build(posed(one_base())).index) <= set(DECISIONS)
