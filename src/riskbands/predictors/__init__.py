"""The instruments, each a declaration: citation, terms, table, bands.

``for p in rb.predictors`` goes through them, ``rb.predictors["ogrs3"]`` is one of them, and
``"ogrs3" in rb.predictors`` says whether there is one of that id. A declaration is loaded when its
predictor is first asked for, by name or by id.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, cast

from riskbands.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskbands.instruments.predictor import Predictor
    from riskbands.predictors._asset import asset
    from riskbands.predictors._combined import csrp, rsr
    from riskbands.predictors._lds import lds
    from riskbands.predictors._mst import mst
    from riskbands.predictors._ogp import ogp
    from riskbands.predictors._ogrs3 import ogrs3
    from riskbands.predictors._ogrs4 import ogrs4g, ogrs4v
    from riskbands.predictors._opd import opd
    from riskbands.predictors._osp import dc_srp, iic_srp, osp_c, osp_dc, osp_i, osp_iic
    from riskbands.predictors._ovp import ovp
    from riskbands.predictors._pni import pni, pni_api
    from riskbands.predictors._reoffending_2026 import arp, svrp, vrp
    from riskbands.predictors._snsv import snsv
    from riskbands.predictors._yogrs import yogrs

__all__ = [
    "arp",
    "asset",
    "by_id",
    "collection",
    "csrp",
    "dc_srp",
    "iic_srp",
    "lds",
    "mst",
    "ogp",
    "ogrs3",
    "ogrs4g",
    "ogrs4v",
    "opd",
    "osp_c",
    "osp_dc",
    "osp_i",
    "osp_iic",
    "ovp",
    "pni",
    "pni_api",
    "rsr",
    "snsv",
    "svrp",
    "vrp",
    "yogrs",
]

#: The module of each predictor, older instruments first.
_HOMES = {
    "ogrs3": "_ogrs3",
    "ogp": "_ogp",
    "ovp": "_ovp",
    "snsv": "_snsv",
    "osp_dc": "_osp",
    "osp_iic": "_osp",
    "rsr": "_combined",
    "ogrs4g": "_ogrs4",
    "ogrs4v": "_ogrs4",
    "osp_c": "_osp",
    "osp_i": "_osp",
    "arp": "_reoffending_2026",
    "vrp": "_reoffending_2026",
    "svrp": "_reoffending_2026",
    "dc_srp": "_osp",
    "iic_srp": "_osp",
    "csrp": "_combined",
    "asset": "_asset",
    "yogrs": "_yogrs",
    "mst": "_mst",
    "lds": "_lds",
    "opd": "_opd",
    "pni": "_pni",
    "pni_api": "_pni",
}

#: Those that are scored only when they are asked for by name: they need not be loaded before.
BY_NAME_ONLY = frozenset(("mst", "lds", "opd", "pni", "pni_api"))


def __getattr__(name: str) -> Predictor:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: Predictor = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)


class _ById(Mapping[str, "Predictor"]):
    """Predictors by id, each loaded when it is first asked for."""

    def __getitem__(self, name: str) -> Predictor:
        if name not in _HOMES:
            raise UnknownNameError("predictor", name, _HOMES)
        found: Predictor | None = globals().get(name)
        return __getattr__(name) if found is None else found

    def __iter__(self) -> Iterator[str]:
        return iter(_HOMES)

    def __len__(self) -> int:
        return len(_HOMES)

    def __contains__(self, name: object) -> bool:
        return name in _HOMES

    def __repr__(self) -> str:
        return f"<predictors: {', '.join(self)}>"


#: Every predictor by id, older instruments first; a read-only mapping.
by_id: Mapping[str, Predictor] = _ById()


class _Predictors(ModuleType):
    """This module, which is also the collection of its predictors."""

    if TYPE_CHECKING:
        by_id: Mapping[str, Predictor]

        def __getattr__(self, name: str) -> Predictor: ...

    def __iter__(self) -> Iterator[Predictor]:
        return iter(by_id.values())

    def __len__(self) -> int:
        return len(by_id)

    def __contains__(self, predictor: object) -> bool:
        if isinstance(predictor, str):
            return predictor in by_id
        return any(p is predictor for p in by_id.values())

    def __getitem__(self, ident: str) -> Predictor:
        return by_id[ident]

    def __repr__(self) -> str:
        return f"<predictors: {', '.join(by_id)}>"


sys.modules[__name__].__class__ = _Predictors
#: This module as what it is, for type checkers, to whom every module is alike.
collection = cast("_Predictors", sys.modules[__name__])
