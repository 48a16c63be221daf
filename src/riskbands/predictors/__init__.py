"""The instruments, each a declaration: citation, terms, table, bands.

``for p in rb.predictors`` goes through them, ``rb.predictors["ogrs3"]`` is one of them, and
``"ogrs3" in rb.predictors`` says whether there is one of that id.
"""

from __future__ import annotations

import sys
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, cast

from riskbands.errors import UnknownNameError
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

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from riskbands.instruments.predictor import Predictor

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

#: Every predictor by id, older instruments first.
by_id: Mapping[str, Predictor] = MappingProxyType(
    {
        p.id: p
        for p in (
            ogrs3,
            ogp,
            ovp,
            snsv,
            osp_dc,
            osp_iic,
            rsr,
            ogrs4g,
            ogrs4v,
            osp_c,
            osp_i,
            arp,
            vrp,
            svrp,
            dc_srp,
            iic_srp,
            csrp,
            asset,
            yogrs,
            mst,
            lds,
            opd,
            pni,
            pni_api,
        )
    }
)


class _Predictors(ModuleType):
    """This module, which is also the collection of its predictors."""

    by_id: Mapping[str, Predictor]

    def __iter__(self) -> Iterator[Predictor]:
        return iter(by_id.values())

    def __len__(self) -> int:
        return len(by_id)

    def __contains__(self, predictor: object) -> bool:
        if isinstance(predictor, str):
            return predictor in by_id
        return any(p is predictor for p in by_id.values())

    def __getitem__(self, ident: str) -> Predictor:
        if ident not in by_id:
            raise UnknownNameError("predictor", ident, by_id)
        return by_id[ident]

    def __repr__(self) -> str:
        return f"<predictors: {', '.join(by_id)}>"


sys.modules[__name__].__class__ = _Predictors
#: This module as what it is, for type checkers, to whom every module is alike.
collection = cast("_Predictors", sys.modules[__name__])
