"""``bsc paths``: every effect of a model from a table or a printed matrix, for people and for programs."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import jsonschema
import openpyxl
import pytest
from tqdm import tqdm

from bsc_analysis.__main__ import main
from bsc_analysis.commands import paths as command
from bsc_analysis.exhibits.exhibit import STATUS_SENTENCES
from bsc_analysis.language.words import LANGUAGES, Language, say
from bsc_analysis.paths.inference import StandardErrors
from bsc_analysis.paths.pathfit import Incomplete
from bsc_analysis.paths.smalleffects import SESOI
from bsc_analysis.twins.plan import SYNTHETIC

if TYPE_CHECKING:
    from collections.abc import Callable

ORACLES = Path(__file__).parent / "oracles"
SCHEMA = json.loads(
    (Path(__file__).parent.parent / "docs" / "schemas" / "paths.schema.json").read_text("utf-8")
)
FULL = "IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP"
OVER = "IP ~ LG; CP ~ IP; SH ~ IP + CP"
TWO = "IP ~ LG; CP ~ LG + IP"
LOWER = ",LG,IP,CP\nLG,1,,\nIP,.329,1,\nCP,.046,.123,1\n"

# lavaan prints 15 digits; its optimiser stops within this share of the estimates, its expected errors are exact.
ESTIMATES, ERRORS, FIT = 1e-9, 1e-9, 1e-9
PRINTED = 1e-12  # sums and products of a handful of printed correlations


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run ``bsc paths`` and return its exit code and what it printed."""
    code = main(["paths", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def analysed(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    code, out, err = run(capsys, *arguments, "--json")
    assert code == 0, err
    content = json.loads(out, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    jsonschema.validate(content, SCHEMA, cls=jsonschema.Draft202012Validator)
    return content


def oracle(name: str) -> Any:
    return json.loads((ORACLES / "lavaan" / f"{name}.json").read_text("utf-8"))


def rows(change: dict[str, Any] | None = None, *, count: int = 40) -> str:
    """Return a table of units; ``change`` says what stands in a column instead, given the row's number."""
    chance = random.Random(1)
    lines = ["unit,year,cluster,LG,IP,CP"]
    for at in range(count):
        LG = chance.gauss(3, 1)
        IP = LG / 2 + chance.gauss(0, 1)
        cells = {"unit": f"u{at}", "year": 2020 + at % 2, "cluster": f"k{at // 4}", "LG": f"{LG:.5f}", "IP": f"{IP:.5f}",
                 "CP": f"{IP / 2 + chance.gauss(0, 1):.5f}"}  # fmt: skip
        cells |= {name: value(at, cells) for name, value in (change or {}).items()}
        lines.append(",".join(map(str, cells.values())))
    return "\n".join(lines) + "\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "nilai.csv"
    path.write_text(rows(), encoding="utf-8")
    return path


@pytest.fixture
def matrix(tmp_path: Path) -> Path:
    path = tmp_path / "r.csv"
    path.write_text(LOWER, encoding="utf-8")
    return path


def effect(content: Any, kind: str, start: str, end: str, *via: str) -> Any:
    (found,) = [
        each
        for each in content["effects"]
        if (each["kind"], each["from"], each["to"], each["via"]) == (kind, start, end, list(via))
    ]
    return found


# ---- numbers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data_name", "model_name", "model", "variant", "arguments"),
    [
        ("a_units900", "full", FULL, "ml", ()),
        ("a_units900", "over", OVER, "ml", ()),
        ("a_units900", "full", FULL, "mlr", ("--se", "robust")),
        ("b_panel2700", "full", FULL, "cluster", ("--cluster", "cluster")),
        ("c_units26000", "over", OVER, "ml", ()),
        ("d_mar8", "full", FULL, "listwise", ()),
    ],
)
def test_coefficients_errors_and_fit_are_those_of_lavaan(
    capsys: pytest.CaptureFixture[str],
    data_name: str,
    model_name: str,
    model: str,
    variant: str,
    arguments: tuple[str, ...],
) -> None:
    content = analysed(capsys, ORACLES / "data" / f"{data_name}.csv", "--model", model, *arguments)
    expected = oracle(f"{data_name.partition('_')[0]}_{model_name}_{variant}")
    known = {(each["lhs"], each["rhs"]): each for each in expected["pe"] if each["op"] == "~"}
    assert len(content["equations"]) == len(known)
    for each in content["equations"]:
        lavaan = known[each["outcome"], each["predictor"]]
        assert each["b"] == pytest.approx(lavaan["est"], rel=ESTIMATES)
        assert each["se"] == pytest.approx(lavaan["se"], rel=ERRORS)
    if variant == "ml" and content["df"]:
        for name in ("chisq", "df", "pvalue", "cfi", "tli", "rmsea", "srmr", "aic", "bic", "logl"):
            assert content["fit"][name] == pytest.approx(expected["fit"][name], rel=FIT, abs=FIT), name


def test_effects_of_a_printed_matrix_by_hand(capsys: pytest.CaptureFixture[str], matrix: Path) -> None:
    """The KKP model as far as it is printed, LG -> IP .329 and IP -> CP .123.

    With r(LG, CP) = .046 the chain's indirect effect is .329 x .123 = .040467, its SE by the delta method
    sqrt(.329^2 x (1 - .123^2) / n + .123^2 x (1 - .329^2) / n), n = 1000.
    """
    content = analysed(capsys, matrix, "--n", 1000, "--model", "IP ~ LG; CP ~ IP")
    through = effect(content, "specific", "LG", "CP", "IP")
    assert through["b"] == pytest.approx(0.329 * 0.123, abs=PRINTED)
    variance = (0.329**2 * (1 - 0.123**2) + 0.123**2 * (1 - 0.329**2)) / 1000
    assert through["se"] == pytest.approx(variance**0.5, abs=PRINTED)
    assert through["beta"] == pytest.approx(through["b"], abs=PRINTED)
    assert through["verdict"] == "negligible", "its interval ends at about .07, below .10"
    assert effect(content, "direct", "LG", "IP")["verdict"] == "relevant"
    assert (content["n_obs"], content["df"], content["seed"], content["method"]) == (1000, 1, None, "delta")
    assert content["r2"] == {
        "IP": pytest.approx(0.329**2, abs=PRINTED),
        "CP": pytest.approx(0.123**2, abs=PRINTED),
    }


def test_a_total_is_listed_where_it_equals_the_direct_effect_too(
    capsys: pytest.CaptureFixture[str], matrix: Path
) -> None:
    content = analysed(capsys, matrix, "--n", 100, "--model", TWO)
    kinds = [(each["kind"], each["from"], each["to"]) for each in content["effects"]]
    assert kinds == [
        ("direct", "LG", "IP"), ("total", "LG", "IP"),
        ("direct", "LG", "CP"), ("specific", "LG", "CP"), ("total_indirect", "LG", "CP"), ("total", "LG", "CP"),
        ("direct", "IP", "CP"), ("total", "IP", "CP"),
    ]  # fmt: skip


def test_a_saturated_model_has_no_fit_to_show(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    content = analysed(capsys, data, "--model", TWO)
    absent = {name for name, value in content["fit"].items() if value is None}
    assert absent == {"chisq", "pvalue", "cfi", "tli", "rmsea", "rmsea_lower", "rmsea_upper", "srmr"}
    assert content["df"] == content["fit"]["df"] == 0
    assert any("saturated" in note for note in content["notes"])


def test_contrasts_and_definitions_have_a_label_and_no_ends(
    capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    """The direct effect less the indirect one, and the product that the model itself defines."""
    model = "IP ~ a*LG; CP ~ LG + b*IP; ind := a*b"
    content = analysed(capsys, data, "--model", model, "--contrast", "LG -> CP", "LG -> IP -> CP")
    *_, contrast, defined = content["effects"]
    direct, through = effect(content, "direct", "LG", "CP"), effect(content, "specific", "LG", "CP", "IP")
    assert (contrast["kind"], contrast["label"]) == ("contrast", "(LG -> CP) - (LG -> IP -> CP)")
    assert contrast["b"] == pytest.approx(direct["b"] - through["b"], abs=PRINTED)
    assert (defined["kind"], defined["label"], defined["from"]) == ("defined", "ind", None)
    assert defined["b"] == pytest.approx(through["b"], abs=PRINTED)


def test_a_fixed_coefficient_has_neither_z_nor_p(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    first, _ = analysed(capsys, data, "--model", "IP ~ 0.5*LG; CP ~ IP")["equations"]
    assert (first["b"], first["se"], first["z"], first["p"]) == (0.5, 0.0, None, None)


# ---- bootstrap, clusters, missing values, groups ------------------------------------------------------------------------


def test_a_bootstrap_is_the_same_for_the_same_seed_and_another_for_another(
    capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    arguments = (data, "--model", TWO, "--boot", 1000, "--interval", "percentile")
    first, again, other = (analysed(capsys, *arguments, "--seed", seed) for seed in (1, 1, 2))
    assert first == again
    assert first["effects"] != other["effects"]
    assert (first["method"], first["n_boot"], first["seed"]) == ("percentile", 1000, 1)
    one = first["effects"][0]
    assert one["lower"] < one["b"] < one["upper"]


@pytest.mark.parametrize("interval", command.INTERVALS)
def test_each_kind_of_interval_can_be_asked_for(
    capsys: pytest.CaptureFixture[str], data: Path, interval: str
) -> None:
    content = analysed(capsys, data, "--model", "IP ~ LG", "--boot", 500, "--interval", interval)
    assert content["method"] == interval


def test_strata_and_clusters_are_drawn_as_asked(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    arguments = (data, "--model", "IP ~ LG", "--boot", 500)
    plain, strata, clusters = (
        analysed(capsys, *arguments, *more)["effects"][0]["lower"]
        for more in ((), ("--stratum", "year"), ("--cluster", "cluster"))
    )
    assert len({plain, strata, clusters}) == 3


def test_clusters_choose_cluster_errors_unless_others_are_asked_for(
    capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    chosen = analysed(capsys, data, "--model", TWO, "--cluster", "cluster")
    assert (chosen["se_kind"], chosen["n_clusters"]) == ("cluster", 10)
    assert analysed(capsys, data, "--model", TWO, "--cluster", "cluster", "--se", "cr2")["se_kind"] == "cr2"
    assert analysed(capsys, data, "--model", TWO)["se_kind"] == "ml"


def test_a_cluster_with_one_row_is_fine_and_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Row 0 leaves k0 for a cluster of its own: eleven clusters, one of them single."""
    path = tmp_path / "nilai.csv"
    path.write_text(
        rows({"cluster": lambda at, cells: "solo" if at == 0 else cells["cluster"]}), encoding="utf-8"
    )
    content = analysed(capsys, path, "--model", TWO, "--cluster", "cluster")
    assert "1 of 11 clusters have one row; each counts as a cluster of its own" in content["notes"]
    each = analysed(capsys, path, "--model", TWO, "--cluster", "unit")
    assert any("every row is a cluster of its own (40)" in note for note in each["notes"])


def test_missing_values_are_left_out_and_counted_or_used(capsys: pytest.CaptureFixture[str]) -> None:
    d = ORACLES / "data" / "d_mar8.csv"
    left = analysed(capsys, d, "--model", FULL)
    used = analysed(capsys, d, "--model", FULL, "--missing", "fiml")
    assert left["n_obs"] + left["dropped"] == used["n_obs"] == 900
    assert left["dropped"] > 0
    expected = {(e["lhs"], e["rhs"]): e["est"] for e in oracle("d_full_fiml")["pe"] if e["op"] == "~"}
    found = {(each["outcome"], each["predictor"]): each["b"] for each in used["equations"]}
    assert found == pytest.approx(expected, rel=1e-6), "lavaan's EM stops at about this share"


def test_groups_are_compared_and_units_that_recur_are_one_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = (
        ORACLES / "data" / "b_panel2700.csv",
        "--model",
        "IP ~ LG",
        "--cluster",
        "unit",
        "--group",
        "year",
    )
    groups = analysed(capsys, *arguments)["groups"]
    assert [(each["label"], each["n_obs"]) for each in groups["each"]] == [
        (y, 900) for y in ("2021", "2022", "2023")
    ]
    first, second = (each["effects"][0]["b"] for each in groups["each"][:2])
    change = groups["differences"][0]
    assert (change["first"], change["second"], change["kind"]) == ("2021", "2022", "direct")
    assert change["b"] == pytest.approx(second - first, abs=PRINTED)
    assert [test["equal"][-1] for test in groups["tests"]] == ["coefficients", "intercepts", "residuals"]
    drawn = analysed(capsys, *arguments, "--boot", 500, "--interval", "percentile")["groups"]
    assert drawn["method"] == "percentile"
    code, out, _ = run(capsys, *arguments)
    assert code == 0
    assert "Standardised effects in each year" in out
    assert "2021   2022    LG -> IP" in out


# ---- text ---------------------------------------------------------------------------------------------------------------


def test_the_tables_are_aligned_and_speak_the_language(
    capsys: pytest.CaptureFixture[str], matrix: Path
) -> None:
    code, out, err = run(capsys, matrix, "--n", 1000, "--model", "IP ~ LG; CP ~ IP", "--language", "id")
    assert code == 0
    assert "r.csv" in err, "how the file was read is said beside the tables"
    (line,) = [each for each in out.splitlines() if each.startswith("LG -> IP -> CP")]
    assert "0,040" in line
    numbers = [each for each in out.splitlines() if each.startswith(("LG -> ", "IP -> "))]
    assert len({each.index(",") for each in numbers}) == 1, "decimal marks stand under one another"
    _, english, _ = run(capsys, matrix, "--n", 1000, "--model", "IP ~ LG; CP ~ IP")
    assert "0.040" in english
    assert "RMSEA" in english


def test_small_scales_show_digits_and_not_zeros(capsys: pytest.CaptureFixture[str]) -> None:
    """SH is divided by 100 and LG multiplied by 100: the path between them is of the order of a hundred-thousandth."""
    _, out, _ = run(capsys, ORACLES / "data" / "a_badscale.csv", "--model", FULL)
    (line,) = [each for each in out.splitlines() if each.split()[:2] == ["SH", "LG"]]
    assert float(line.split()[2]) != 0


def test_small_p_values_are_bounds_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    """The chain leaves out strong paths of 26,000 units: its chi-square is far beyond any table."""
    _, out, _ = run(capsys, ORACLES / "data" / "c_units26000.csv", "--model", "IP ~ LG; CP ~ IP; SH ~ CP")
    fit = out[out.index("Fit") :]
    assert [line.split()[-1] for line in fit.splitlines() if line.startswith("p ")] == ["<0.001"]


# ---- made data ----------------------------------------------------------------------------------------------------------


def said_to_be(word: str, heading: str = "data_status", *, row: int = 7) -> str:
    """Return the table with one more column, in which one row says what it is."""
    header, *lines = rows().splitlines()
    cells = (f"{line},{word if at == row else ''}" for at, line in enumerate(lines))
    return "\n".join([f"{header},{heading}", *cells, ""])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("heading", ["data_status", "data status", "Status Data"])
def test_one_made_row_makes_what_is_printed_say_so(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path, heading: str, language: Language
) -> None:
    """Nothing else changes: not a figure, and not a line above the last."""
    made, statement = tmp_path / "twin.csv", say(STATUS_SENTENCES["synthetic"], language)
    made.write_text(said_to_be(SYNTHETIC, heading), encoding="utf-8")
    asked = ("--model", TWO, "--group", "year", "--language", language)
    plain = run(capsys, data, *asked)[1]
    assert run(capsys, made, *asked)[1] == f"{plain}\n{statement}\n"
    content = analysed(capsys, made, *asked)
    assert content == analysed(capsys, data, *asked) | {"data_status": "synthetic", "statement": statement}


def test_of_two_columns_the_one_that_says_made_holds(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "twin.csv"
    lines = said_to_be(SYNTHETIC).splitlines()
    path.write_text(
        "\n".join(f"{'Status Data' if not at else 'final'},{line}" for at, line in enumerate(lines)), "utf-8"
    )
    assert analysed(capsys, path, "--model", TWO)["data_status"] == "synthetic"


def test_rows_may_be_grouped_by_what_they_say_they_are(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "both.csv"
    header, *lines = rows().splitlines()
    cells = (f"{line},{SYNTHETIC if at % 2 else 'riil'}" for at, line in enumerate(lines))
    path.write_text("\n".join([f"{header},data_status", *cells, ""]), encoding="utf-8")
    content = analysed(capsys, path, "--model", TWO, "--group", "data_status")
    assert {each["label"] for each in content["groups"]["each"]} == {"riil", SYNTHETIC}
    assert content["data_status"] == "synthetic"


def test_a_variable_of_that_name_is_a_variable(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "named.csv"
    path.write_text(rows().replace("LG", "data_status", 1), encoding="utf-8")
    named, plain = (
        analysed(capsys, file, "--model", f"IP ~ {name}")["equations"][0]["b"]
        for file, name in ((path, "data_status"), (data, "LG"))
    )
    assert named == plain


@pytest.mark.parametrize("word", ["", "-", "riil", "=1/0"])
def test_another_word_in_the_column_changes_nothing(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path, word: str
) -> None:
    other = tmp_path / "nilai2.csv"
    other.write_text(said_to_be(word), encoding="utf-8")
    assert run(capsys, other, "--model", TWO)[1] == run(capsys, data, "--model", TWO)[1]


# ---- how the model and the options are read -----------------------------------------------------------------------------


def test_the_model_may_stand_in_a_file(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    (tmp_path / "kkp.model").write_text("IP ~ LG  # belajar\nCP ~ LG + IP\n", encoding="utf-8")
    from_file = analysed(capsys, data, "--model", tmp_path / "kkp.model")
    assert from_file == analysed(capsys, data, "--model", TWO)
    long = "; ".join(["IP ~ LG", *["# a remark that is longer than any name of a file can be" * 9]])
    assert run(capsys, data, "--model", long)[0] == 0


def test_names_with_spaces_and_dashes_stand_in_quotes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "nilai.csv"
    path.write_text(rows().replace("LG,IP", "Learning & Growth,proses-bisnis", 1), encoding="utf-8")
    content = analysed(capsys, path, "--model", '"proses-bisnis" ~ "Learning & Growth"')
    assert content["equations"][0]["predictor"] == "Learning & Growth"
    code, out, err = run(capsys, path, "--model", "proses-bisnis ~ CP")
    assert (code, out) == (1, "")
    assert '"proses-bisnis"' in err


def test_other_columns_may_hold_anything(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    before = analysed(capsys, data, "--model", TWO)
    data.write_text(
        rows({"unit": lambda at, _: "inf" if at % 2 else "- teks", "year": lambda *_: ""}), "utf-8"
    )
    assert analysed(capsys, data, "--model", TWO) == before


def test_options_offer_what_the_package_knows() -> None:
    assert get_args(StandardErrors) == command.STANDARD_ERRORS
    assert get_args(Incomplete) == command.MISSING
    assert command.SESOI == SESOI


def test_a_bar_is_shown_on_a_terminal_only_and_counts_every_replicate(
    capsys: pytest.CaptureFixture[str], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[float] = []

    class Watched(tqdm):  # type: ignore[type-arg]
        def update(self, n: float | None = 1) -> bool | None:
            steps.append(n or 0)
            return super().update(n)

    monkeypatch.setattr("tqdm.tqdm", Watched)
    monkeypatch.setattr(command, "PATIENCE", 0.0)
    arguments = (data, "--model", "IP ~ LG", "--boot", 1500, "--interval", "percentile")
    assert "/1500" not in run(capsys, *arguments)[2]
    assert steps == []
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert "/1500" in run(capsys, *arguments)[2]
    assert sum(steps) == 1500


def test_sheet_and_decimal_mark_can_be_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """1.125 is a thousand and more under the comma: the slope is a thousandth, beta the same."""
    book = openpyxl.Workbook()
    book.active.append(["catatan"])  # type: ignore[union-attr]
    sheet = book.create_sheet("Isi")
    for row in (["LG", "IP"], ["1.125", 1], ["1.250", 3], ["2.500", 2], ["3.125", 5], ["4.750", 4]):
        sheet.append(row)
    book.save(tmp_path / "nilai.xlsx")
    arguments = (tmp_path / "nilai.xlsx", "--model", "IP ~ LG", "--sheet", "Isi")
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (1, "")
    assert "declare the decimal mark" in err
    comma, point = (analysed(capsys, *arguments, "--decimal", mark)["equations"][0] for mark in (",", "."))
    assert point["b"] == pytest.approx(1000 * comma["b"], rel=ESTIMATES)
    assert point["beta"] == pytest.approx(comma["beta"], rel=ESTIMATES)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content.update(surprise=1),
        lambda content: content["fit"].update(gfi=0.9),
        lambda content: content["effects"][0].update(label="a direct effect has none"),
        lambda content: content["effects"][0].update(kind="contrast"),
        lambda content: content["equations"][0].update(p=1.5),
        lambda content: content.pop("r2"),
        lambda content: content.update(data_status="synthetic"),
        lambda content: content.update(statement="Real data"),
        lambda content: content.update(data_status="real", statement="Real data"),
    ],
)
def test_the_schema_refuses_what_the_command_never_prints(
    capsys: pytest.CaptureFixture[str], data: Path, spoil: Callable[[Any], object]
) -> None:
    content = analysed(capsys, data, "--model", TWO)
    spoil(content)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, SCHEMA, cls=jsonschema.Draft202012Validator)


# ---- bad input ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "arguments", "code", "sentence"),
    [
        ({"IP": lambda *_: "5.5"}, (), 1, "nilai.csv: column 'IP' is the same in every row (5.5)"),
        ({"IP": lambda _, cells: 2 * float(cells["LG"]) + 1}, (), 1, "IP is an exact combination of LG"),
        ({"cluster": lambda *_: "k1"}, ("--cluster", "cluster"), 2, "all rows belong to one cluster (k1)"),
        ({"cluster": lambda *_: "k1"}, ("--cluster", "cluster", "--se", "ml", "--boot", 99), 1, "all rows belong to one cluster (k1)"),
        ({"cluster": lambda at, _: "" if at == 2 else "k"}, ("--cluster", "cluster"), 1, "column 'cluster' is empty in 1 rows"),
        ({"IP": lambda *_: ""}, (), 1, "column 'IP' has no value at all"),
        ({"IP": lambda at, c: "" if at % 2 else c["IP"], "CP": lambda at, c: c["CP"] if at % 2 else ""}, (), 1, "no row has a value in every one of"),
        ({"IP": lambda at, c: "inf" if at == 3 else c["IP"]}, (), 1, "nilai.csv, row 5, column 'IP': got inf"),
        ({"IP": lambda *_: "baik"}, (), 1, "column 'IP': 40 cells hold text, such as 'baik'"),
        ({}, ("--boot", 0), 2, "0 replicates cannot be drawn"),
        ({}, ("--boot", -5), 2, "-5 replicates cannot be drawn"),
        ({}, ("--boot", 99, "--seed", -1), 2, "the seed is -1"),
        ({}, ("--interval", "bca"), 2, "--interval belongs to a bootstrap"),
        ({}, ("--se", "cluster"), 2, "cluster standard errors need clusters"),
        ({}, ("--cluster", "klaster"), 1, "nilai.csv: the data have no column 'klaster', did you mean 'cluster'?"),
        ({}, ("--group", "year", "--missing", "fiml"), 2, "groups are compared by complete rows"),
        ({}, ("--sesoi", 0), 2, "a smallest effect of interest of 0.0"),
        ({}, ("--contrast", "LG -> IX", "LG -> IP"), 2, "the model has no effect 'LG -> IX', did you mean 'LG -> IP'?"),
        ({}, ("--n", 40), 1, "nilai.csv: this is no square matrix"),
    ],
)  # fmt: skip
def test_what_cannot_be_analysed_is_named_and_nothing_is_printed(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    change: dict[str, Any],
    arguments: tuple[object, ...],
    code: int,
    sentence: str,
) -> None:
    path = tmp_path / "nilai.csv"
    path.write_text(rows(change), encoding="utf-8")
    found, out, err = run(capsys, path, "--model", TWO, *arguments)
    assert (found, out) == (code, "")
    assert sentence in err
    found, out, indonesian = run(capsys, path, "--model", TWO, *arguments, "--language", "id")
    assert (found, out) == (code, "")
    assert indonesian.strip()
    assert indonesian != err, "the sentence has its Indonesian form"


def test_fewer_rows_than_an_equation_needs_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "nilai.csv"
    path.write_text(rows(count=3), encoding="utf-8")
    code, out, err = run(capsys, path, "--model", TWO)
    assert (code, out) == (1, "")
    assert err.strip() == "3 complete rows are too few for CP with 2 predictors: at least 4 are needed"


def test_a_model_that_names_a_missing_column_is_offered_the_nearest(
    capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    code, out, err = run(capsys, data, "--model", "IP ~ LGG")
    assert (code, out) == (1, "")
    assert err.strip() == "nilai.csv: the data have no column 'LGG', did you mean 'LG'?"


@pytest.mark.parametrize(
    ("model", "code", "sentence"),
    [
        ("nowhere.txt", 2, "the model 'nowhere.txt' is neither a file nor equations"),
        ("IP ~ CP; CP ~ IP", 1, "IP"),
        ("IP ~ 5", 1, "'5' in 'IP ~ 5' is not supported"),
    ],
)
def test_a_model_that_cannot_be_read_is_refused(
    capsys: pytest.CaptureFixture[str], data: Path, model: str, code: int, sentence: str
) -> None:
    found, out, err = run(capsys, data, "--model", model)
    assert (found, out) == (code, "")
    assert sentence in err


@pytest.mark.parametrize(
    ("arguments", "code", "sentences"),
    [
        ((), 2, ("r.csv: this is a matrix, whose rows and columns have the same names: say with --n",)),
        (("--n", 1), 2, ("the number of observations is 1",)),
        (("--n", 3), 1, ("3 complete rows are too few for CP",)),
        (
            ("--n", 90, "--cluster", "u", "--group", "g", "--boot", 9, "--se", "robust", "--missing", "fiml"),
            2,
            (
                "--cluster needs the rows",
                "--group needs",
                "--boot needs",
                "--se robust needs",
                "--missing fiml needs",
            ),
        ),
    ],
)
def test_what_a_matrix_cannot_do_is_named_all_at_once(
    capsys: pytest.CaptureFixture[str],
    matrix: Path,
    arguments: tuple[object, ...],
    code: int,
    sentences: tuple[str, ...],
) -> None:
    found, out, err = run(capsys, matrix, "--model", TWO, *arguments)
    assert (found, out) == (code, "")
    assert [each for each in sentences if each not in err] == []
    assert len(err.splitlines()) == len(sentences)
