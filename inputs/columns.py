"""What each column of a table holds, read off its row model: one account for every reader of it.

The validator, the template, the data dictionary and the messages all ask here, so that none can
say something else than the model does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

import annotated_types
from pydantic import BeforeValidator, ConfigDict, TypeAdapter
from pydantic.fields import FieldInfo

from inputs.schemas import cells

if TYPE_CHECKING:
    from inputs.schemas import Row

_KINDS: dict[Any, str] = {
    cells.read_number: "number",
    cells.read_pounds: "pounds",
    cells.read_whole: "whole number",
    cells.read_year: "year",
    cells.read_share: "share",
    cells.read_yes: "yes or no",
    cells.read_list: "list",
    cells.read_shares: "shares",
    cells.read_by_year: "number by year",
    cells.read_date: "date",
    cells.read_text: "text",
}
NUMBERS = frozenset({"number", "pounds", "share"})
WHOLES = frozenset({"whole number", "year"})


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    heading
        As it stands in row 1.
    kind
        ``key``, ``text``, ``choice``, ``number``, ``pounds``, ``share``, ``whole number``,
        ``year``, ``yes or no``, ``list``, ``shares``, ``number by year`` or ``date``.
    required
        Whether the heading must be there and its cells filled in.
    default
        What a blank cell means, where it means something.
    description
        For people.
    choices
        The only values allowed, for a ``choice``.
    low, high
        The range allowed, where there is one.
    adapter
        Validates one cell.
    """

    heading: str
    kind: str
    required: bool
    default: Any
    description: str
    choices: tuple[str, ...]
    low: float | None
    high: float | None
    adapter: TypeAdapter[Any]

    @property
    def blank_allowed(self) -> bool:
        """Whether a value can be missing once read (no value is required, none is assumed)."""
        return not self.required and self.default is None


@cache
def columns(model: type[Row]) -> tuple[Column, ...]:
    """Return the columns of a table in the order of the contract.

    >>> from inputs.schemas import Zone
    >>> [(c.heading, c.kind, c.required) for c in columns(Zone)][:2]
    [('zone', 'key', True), ('name', 'text', False)]
    """
    return tuple(column(name, field) for name, field in model.model_fields.items())


def column(name: str, field: FieldInfo) -> Column:
    """Return what one field of a row model says about its column."""
    metadata = _all_metadata(field.annotation) + _flat(field.metadata)
    inner = _inner(field.annotation)
    choices: tuple[str, ...] = ()
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        choices = tuple(member.value for member in inner)
    elif get_origin(inner) is Literal:
        choices = tuple(get_args(inner))
    kind = "choice"
    if not choices:
        readers = [m.func for m in metadata if isinstance(m, BeforeValidator)]
        # The first reader met is the outermost: the list, not the keys inside it.
        kind = _KINDS[readers[-1] if field.metadata else readers[0]]
        if kind == "text" and any(getattr(m, "pattern", None) for m in metadata):
            kind = "key"
    low, high = (
        _bounds(metadata) if kind not in {"list", "shares", "number by year"} else (None,) * 2
    )
    return Column(
        heading=field.alias or name,
        kind=kind,
        required=field.is_required(),
        default=None if field.is_required() else field.default,
        description=field.description or "",
        choices=choices,
        low=low,
        high=high,
        adapter=TypeAdapter(
            field.rebuild_annotation(),
            config=ConfigDict(str_strip_whitespace=True, allow_inf_nan=False),
        ),
    )


def _inner(annotation: Any) -> Any:
    """Return the type beneath any ``| None`` and ``Annotated``."""
    if get_origin(annotation) is Annotated:
        return _inner(get_args(annotation)[0])
    parts = [part for part in get_args(annotation) if part is not type(None)]
    if parts and len(parts) < len(get_args(annotation)):
        return _inner(parts[0])
    return annotation


def _flat(metadata: Any) -> list[Any]:
    """Return metadata with that of any ``Field`` inside it beside the rest."""
    found: list[Any] = []
    for item in metadata:
        found += _flat(item.metadata) if isinstance(item, FieldInfo) else [item]
    return found


def _all_metadata(annotation: Any) -> list[Any]:
    """Return the metadata met on the way down an annotation, outermost first."""
    args = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return _flat(args[1:]) + _all_metadata(args[0])
    return [item for part in args for item in _all_metadata(part)]


def _bounds(metadata: list[Any]) -> tuple[float | None, float | None]:
    """Return the narrowest range that the metadata states."""
    lows: list[Any] = []
    highs: list[Any] = []
    for item in metadata:
        if isinstance(item, annotated_types.Ge | annotated_types.Gt):
            lows.append(item.ge if isinstance(item, annotated_types.Ge) else item.gt)
        if isinstance(item, annotated_types.Le | annotated_types.Lt):
            highs.append(item.le if isinstance(item, annotated_types.Le) else item.lt)
    return (max(lows) if lows else None, min(highs) if highs else None)
