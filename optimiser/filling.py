"""Fill Pyomo's sets and numbers at once, with members that are known to be right.

Pyomo looks at each member of a set as it comes in: is it a tuple in a tuple, has it the right
length, is it in the domain. At a million members that is most of the time of building a model,
and ours are made flat, of one length and no two alike. This is the only file that touches what
Pyomo keeps inside; its tests hold each component against one filled in the ordinary way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyomo.core.base.set import InsertionOrderSetData

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def fill(component: Any, members: Iterable[Any]) -> None:
    """Give a set that was made empty its members, in order."""
    component._values = dict.fromkeys(members)  # noqa: SLF001


def fill_each(
    component: Any, keys: Iterable[Any], groups: Mapping[Any, Iterable[Any]], dimen: int
) -> None:
    """Give an indexed set that was made empty a set for each key: its group, or nothing."""
    data = component._data  # noqa: SLF001
    for key in keys:
        one = InsertionOrderSetData(component)
        one._index = key  # noqa: SLF001
        one._dimen = dimen  # noqa: SLF001
        one._values = dict.fromkeys(groups.get(key, ()))  # noqa: SLF001
        data[key] = one


def fill_numbers(component: Any, values: Mapping[Any, float]) -> None:
    """Give numbers that were made empty their values."""
    component._data = dict(values)  # noqa: SLF001
