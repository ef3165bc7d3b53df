"""Whether somebody must be asked again, because the notice they agreed to was changed for more than
its wording. Until they answer nothing unasked is sent to them."""

from __future__ import annotations

from blueprints.schema import Blueprint


def fine(blueprint: Blueprint, known: frozenset[str] | None) -> frozenset[str] | None:
    """The versions whose readers need not be asked again; None: nobody is asked. ``known`` is what
    the database says (:func:`storage.notice_texts.fine`), where it was asked."""
    programme = blueprint.programme
    if known is None and programme.notice_material:
        return frozenset({programme.notice_version})
    return known


def outdated(version: str | None, fine: frozenset[str] | None) -> bool:
    """Whether who agreed to this version (None: to none that is known) is asked again."""
    return fine is not None and version not in fine
