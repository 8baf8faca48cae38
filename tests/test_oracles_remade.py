"""A part of the reference results is made again by the scripts that are kept beside them, where R and its packages are there.

The installed lavaan may be older than the one that made the stored results; what the versions share must agree.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.oracle import (
    BOOT_DRAWS,
    ESTIMATES,
    EXPECTED_SE,
    FIT,
    FOLDER,
    RMSEA_INTERVAL,
    ROBUST_SE,
    STANDARDISED_SE,
    Result,
    read_draws,
    read_result,
)

# At least one fit of each kind of model, data, variant and grouping; the rest differs in nothing that the script decides.
REMADE = (
    "a_chain_wishart",
    "a_full_ml_randx",
    "a_over_ml",
    "a_over_ml_nomeans",
    "a_over_mlm",
    "a_over_mlr",
    "a_over_obs",
    "abad_full_ml",
    "b_full_cluster_randx",
    "b_mg_configural_ml",
    "b_mg_eqreg_cluster",
    "b_mg_eqregint_mlr",
    "b_mg_eqregintres_ml_randx",
    "b_mg_over_eqreg_ml",
    "b_over_cluster",
    "b_over_clusterechelon",
    "d2_over_fiml_mlr",
    "d2_over_fiml_randx",
    "d_over_fiml",
    "d_over_listwise",
    "e_over_mlr_randx",
)
SHARED_FIT = (
    *("npar", "fmin", "chisq", "df", "pvalue", "baseline.chisq", "baseline.df", "cfi", "tli", "nfi", "rfi", "ifi", "rni"),
    *("logl", "unrestricted.logl", "aic", "bic", "bic2", "ntotal", "rmsea", "rmr", "srmr", "crmr", "srmr_mplus", "mfi", "ecvi"),
)  # fmt: skip
# In these estimators, not with clusters, the scaled statistic is the same in both versions.
SHARED_SCALED = ("chisq.scaled", "chisq.scaling.factor", "df.scaled")
RMSEA_ENDS = ("rmsea.ci.lower", "rmsea.ci.upper")
# A figure that is 0 in theory.
NOTHING = 1e-10
# The same formulas in the same program on another machine; third powers of differences of nearly equal numbers cancel.
SAME_PROGRAM = 1e-8


def run_r(*packages: str, script: Path, arguments: list[str]) -> None:
    """Run a script, or skip the test where R or one of the packages is missing."""
    r = shutil.which("Rscript")
    if r is None:
        pytest.skip("no R on this machine")
    wanted = ", ".join(f"'{package}'" for package in packages)
    found = f"quit(status = sum(!vapply(c({wanted}), requireNamespace, TRUE, quietly = TRUE)))"
    if subprocess.run([r, "-e", found], check=False, capture_output=True).returncode:
        pytest.skip(f"R lacks one of its packages {wanted}")
    done = subprocess.run([r, str(script), *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def remade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a part of the results again with the installed lavaan."""
    folder = tmp_path_factory.mktemp("lavaan")
    pattern = f"^({'|'.join((*REMADE, 'd_full_fimlboot'))})$"
    script = FOLDER / "make_lavaan.R"
    run_r("lavaan", "jsonlite", script=script, arguments=[str(FOLDER), str(folder), pattern])
    return folder


def read_remade(folder: Path, name: str) -> Result:
    """Read one result that was made again."""
    return Result(name, json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))


def tolerances(stored: Result) -> dict[str, float]:
    """Return how closely each kind of figure agrees, by how the fit makes standard errors."""
    options = stored.content["options"]
    expected = options["se"] == "standard" and options["information"][0] == "expected"
    errors = EXPECTED_SE if expected else ROBUST_SE
    return {"est": ESTIMATES, "se": errors, "std": ESTIMATES, "std_se": STANDARDISED_SE}


@pytest.mark.parametrize("name", REMADE)
def test_rows_are_made_again(remade: Path, name: str) -> None:
    own, stored = read_remade(remade, name), read_result(name)
    for key in ("vcov_names", "ov", "npar", "nobs"):
        assert own.content[key] == stored.content[key]
    keys = [{part: row.get(part) or "" for part in ("lhs", "op", "rhs")} for row in stored.content["pe"]]
    groups = [{"group": row["group"]} if row.get("group") else {} for row in stored.content["pe"]]
    assert len(own.content["pe"]) == len(keys)
    for key, group in zip(keys, groups, strict=True):
        mine, theirs = (result.row(**key, **group) for result in (own, stored))
        for figure, tolerance in tolerances(stored).items():
            np.testing.assert_allclose(
                getattr(mine, figure),
                getattr(theirs, figure),
                rtol=tolerance,
                atol=NOTHING,
                err_msg=f"{key} {figure}",
            )


@pytest.mark.parametrize("name", REMADE)
def test_matrices_are_made_again(remade: Path, name: str) -> None:
    own, stored = read_remade(remade, name), read_result(name)
    scale = np.sqrt(np.outer(np.diag(stored.vcov), np.diag(stored.vcov)))
    np.testing.assert_allclose(
        own.vcov / scale, stored.vcov / scale, rtol=0, atol=2 * tolerances(stored)["se"]
    )
    for group in range(1, 1 + np.size(stored.content["nobs"])):
        for kind in ("implied_covariance", "sample_covariance"):
            mine, theirs = (getattr(result, kind)(group=group) for result in (own, stored))
            np.testing.assert_allclose(mine, theirs, rtol=ESTIMATES, atol=NOTHING)


@pytest.mark.parametrize("name", REMADE)
def test_fit_is_made_again(remade: Path, name: str) -> None:
    own, stored = read_remade(remade, name).fit, read_result(name).fit
    scaled = SHARED_SCALED if "chisq.scaled" in stored and "cluster" not in name else ()
    for measure in (*SHARED_FIT, *scaled):
        np.testing.assert_allclose(own[measure], stored[measure], rtol=FIT, atol=NOTHING, err_msg=measure)
    for measure in RMSEA_ENDS:
        np.testing.assert_allclose(
            own[measure], stored[measure], rtol=RMSEA_INTERVAL, atol=NOTHING, err_msg=measure
        )


def test_the_fixed_cause_stays_fixed(remade: Path) -> None:
    """lavaan 0.6 frees it when a fit starts from an earlier one and nothing is said; the script says it."""
    for name, free in (("a_over_ml", False), ("a_full_ml_randx", True)):
        content = read_remade(remade, name).content
        assert content["options"]["fixed.x"] is not free
        assert ("LG~~LG" in content["vcov_names"]) is free


def test_replicates_of_incomplete_rows_are_made_again(remade: Path) -> None:
    own, stored = pd.read_csv(remade / "d_full_fimlboot_coef.csv"), read_draws("d_full_fimlboot_coef")
    pd.testing.assert_frame_equal(own, stored, rtol=BOOT_DRAWS, atol=BOOT_DRAWS)


def test_intervals_of_the_package_boot_are_made_again(tmp_path: Path) -> None:
    script = FOLDER / "boot" / "make_boot.R"
    run_r("boot", "jsonlite", script=script, arguments=[str(FOLDER), str(tmp_path)])
    own, stored = (
        json.loads((folder / "a_full.json").read_text(encoding="utf-8"))
        for folder in (tmp_path, FOLDER / "boot")
    )
    assert figures(own).keys() == figures(stored).keys()
    for name, values in figures(stored).items():
        np.testing.assert_allclose(figures(own)[name], values, rtol=SAME_PROGRAM, err_msg=name)


def figures(content: dict[str, Any], within: str = "") -> dict[str, list[float]]:
    """Return every list of figures by where it stands."""
    found: dict[str, list[float]] = {}
    for key, value in content.items():
        if isinstance(value, dict):
            found |= figures(value, f"{within}{key} ")
        elif isinstance(value, list):
            found[f"{within}{key}"] = value
    return found
