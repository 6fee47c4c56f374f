"""Things by name, to which a program or an installed package may add its own.

A package does so with an entry point, which is looked for when a name is asked for that is not known, or all are. That
takes some ten milliseconds, and to ask an index that was built with our own costs nothing of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from index.errors import InputError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

T = TypeVar("T")


class Registry(Generic[T]):
    """The things of one sort: our own, those registered, and those of the entry points of `group`, in this order.

    `is_one` tells whether something is of that sort.
    """

    def __init__(self, group: str, own: Mapping[str, T], is_one: Callable[[object], bool]) -> None:
        self._group, self._known, self._is_one = group, dict(own), is_one

    def register(self, name: str, one: T) -> None:
        """Add one under a name that is free; ValueError where it is taken, TypeError for what is of another sort."""
        if name in self._known:
            raise ValueError(f"{name!r} is there already in {self._group}")
        self._known[name] = self._checked(one)

    def get(self, name: str) -> T | None:
        """The one of that name; InputError where an installed package has one that cannot be loaded."""
        if name not in self._known and name in self._installed:
            self._known[name] = self._load(self._installed[name])
        return self._known.get(name)

    def all(self) -> dict[str, T]:
        """Every one by its name."""
        for name in self._installed:
            self.get(name)
        return dict(self._known)

    @cached_property
    def _installed(self) -> dict[str, EntryPoint]:
        from importlib.metadata import entry_points

        return {point.name: point for point in entry_points(group=self._group)}

    def _load(self, point: EntryPoint) -> T:
        try:
            return self._checked(point.load())
        except Exception as error:
            package = point.dist.name if point.dist else point.value
            raise InputError(
                f"{point.name} of {package} cannot be loaded from {point.value} ({error})",
                f"mend or uninstall {package}",
            ) from None

    def _checked(self, one: T) -> T:
        if not self._is_one(one):
            raise TypeError(f"a {type(one).__name__} is none of {self._group}")
        return one
