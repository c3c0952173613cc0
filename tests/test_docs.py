"""What the pages point to is there, and what they tell a reader to type exists."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.main import get_command

from sendplaces.cli import app

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md")])
OURS = {"inputs", "geo", "optimiser", "outputs", "sendplaces", "benchmarks"}
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
FENCE = re.compile(r"^```.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)")
COMMAND = re.compile(r"(?:^|[\s\\/])sendplaces(?=\s|$)(.*)")
MODULE = re.compile(r"python[\d.]*(?:\.exe)? -m ([\w.]+)")


def name_of(path: Path) -> str:
    """Return a page by its place in the repository."""
    return str(path.relative_to(ROOT))


def without_fences(text: str) -> str:
    """Return the prose of a page."""
    return FENCE.sub("", text)


def anchors(path: Path) -> set[str]:
    """Return what a link to a heading of a page can name, as GitHub makes it."""
    headings = re.findall(r"^#+ (.+)$", without_fences(path.read_text("utf-8")), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings
    }


def typed(text: str) -> list[str]:
    """Return everything on a page that could be typed: lines of blocks, and code in the prose."""
    blocks = [
        line for block in FENCE.findall(text) for line in block.replace("\\\n", " ").split("\n")
    ]
    spans = [" ".join(span.split()) for span in INLINE.findall(without_fences(text))]
    return [part.strip() for one in (*blocks, *spans) for part in re.split(r"&&|;|\|", one)]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_resolves(page: Path) -> None:
    """A relative link leads to a file, and to a heading of it where it names one."""
    for in_text, in_tag in LINK.findall(without_fences(page.read_text("utf-8"))):
        target = in_text or in_tag
        if re.match(r"[a-z]+:", target):
            continue
        place, _, heading = target.partition("#")
        path = (page.parent / place).resolve() if place else page
        assert path.exists(), f"{name_of(page)} links to {target}"
        if heading:
            assert heading in anchors(path), f"{name_of(page)} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_exists(page: Path) -> None:
    """Each command of sendplaces is one, with the options shown."""
    group = get_command(app)
    for line in typed(page.read_text("utf-8")):
        found = COMMAND.search(line)
        if found is None:
            continue
        words = found[1].split()
        command = group
        if words and not words[0].startswith("-"):
            assert words[0] in group.commands, f"{name_of(page)}: {line}"  # type: ignore[attr-defined]
            command = group.commands[words[0]]  # type: ignore[attr-defined]
        known = {option for one in command.params for option in one.opts} | {"--help"}
        options = {word.partition("=")[0] for word in words if word.startswith("-")}
        assert options <= known, f"{name_of(page)}: {line}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_module_exists(page: Path) -> None:
    """Each of our modules that a page says to run with python -m is there."""
    for line in typed(page.read_text("utf-8")):
        for module in MODULE.findall(line):
            if module.partition(".")[0] in OURS:
                assert find_spec(module) is not None, f"{name_of(page)}: {line}"


def test_the_options_told_are_all_there() -> None:
    """docs/running.md lists every option of plan, so that nobody has to look elsewhere."""
    text = (ROOT / "docs" / "running.md").read_text("utf-8")
    options = {
        max(one.opts, key=len)
        for one in get_command(app).commands["plan"].params  # type: ignore[attr-defined]
        if one.opts[0].startswith("-")
    }

    assert {option for option in options if f"`{option}" not in text} <= {"--help"}


def test_every_exit_code_is_told() -> None:
    """docs/running.md explains each code that a command can end with, and a failed audit."""
    from sendplaces.commands.shared import Exit

    text = (ROOT / "docs" / "running.md").read_text("utf-8")
    table = text.split("## Exit codes")[1].split("##")[0]

    assert re.findall(r"^\| (\d+) \|", table, re.MULTILINE) == [
        str(code) for code in sorted({1, *(int(one) for one in Exit)})
    ]


def test_every_file_named_in_the_walk_is_there() -> None:
    """docs/adding_a_constraint.md shows a real constraint and its specimen, word for word."""
    text = (ROOT / "docs" / "adding_a_constraint.md").read_text("utf-8")
    shown = FENCE.findall(text)

    for path in (
        ROOT / "optimiser" / "constraints" / "openings_per_year.py",
        ROOT / "tests" / "optimiser" / "specimens" / "openings_per_year.txt",
    ):
        assert path.read_text("utf-8") in shown, path.name
    for block in shown:
        if block.startswith("    "):
            homes = ("sets/options.py", "audit.py", "constraints/__init__.py")
            files = [(ROOT / "optimiser" / one).read_text("utf-8") for one in homes]
            assert any(block.rstrip("\n") in file for file in files), block
