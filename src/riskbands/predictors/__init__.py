"""The instruments, each a declaration: citation, terms, table, bands."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

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
    from collections.abc import Mapping

    from riskbands.instruments.predictor import Predictor

__all__ = [
    "arp",
    "asset",
    "by_id",
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
