# Makes the reference results of the path models, one JSON file of 15 digits for each fit, and the bootstrap replicates.
#
#   Rscript make_lavaan.R ORACLES OUT [PATTERN]
#
# ORACLES holds data/ and lavaan/ (the rows and clusters that each replicate drew); OUT receives what is made; PATTERN is a regular
# expression of the names to make, by default all. What the installed lavaan cannot do is named at the end and left out.

suppressPackageStartupMessages({
  library(lavaan)
  library(jsonlite)
})

data_files <- c(
  a = "a_units900", abad = "a_badscale", b = "b_panel2700", c = "c_units26000", d = "d_mar8", d2 = "d2_mar8_all",
  e = "e_heavytail900"
)

models <- list(
  full = "
    IP ~ a * LG
    CP ~ b1 * LG + b2 * IP
    SH ~ c1 * LG + c2 * IP + c3 * CP
    ind_LG_IP_CP := a * b2
    tot_LG_CP := b1 + a * b2
    ind_LG_IP_SH := a * c2
    ind_LG_CP_SH := b1 * c3
    ind_LG_IP_CP_SH := a * b2 * c3
    totind_LG_SH := a * c2 + b1 * c3 + a * b2 * c3
    tot_LG_SH := c1 + a * c2 + b1 * c3 + a * b2 * c3
    ind_IP_CP_SH := b2 * c3
    tot_IP_SH := c2 + b2 * c3",
  over = "
    IP ~ a * LG
    CP ~ b2 * IP
    SH ~ c2 * IP + c3 * CP
    ind_LG_IP_CP := a * b2
    ind_LG_IP_SH := a * c2
    ind_LG_IP_CP_SH := a * b2 * c3
    totind_LG_SH := a * c2 + a * b2 * c3
    ind_IP_CP_SH := b2 * c3
    tot_IP_SH := c2 + b2 * c3",
  chain = "
    IP ~ a * LG
    CP ~ b2 * IP
    SH ~ c3 * CP
    ind_LG_IP_CP_SH := a * b2 * c3
    ind_IP_CP_SH := b2 * c3
    ind_LG_IP_CP := a * b2"
)

# Three years: each coefficient has a name of its own in each, or the same name in all.
by_year <- function(label) {
  coefficient <- function(name) sprintf("c(%s)", paste(label(name), collapse = ", "))
  named <- vapply(c("a", "b1", "b2", "c1", "c2", "c3"), coefficient, "")
  sprintf(
    "
    IP ~ %s * LG
    CP ~ %s * LG + %s * IP
    SH ~ %s * LG + %s * IP + %s * CP
    ", named[1], named[2], named[3], named[4], named[5], named[6]
  )
}

effects_by_year <- function() {
  of_year <- function(g) {
    gsub("#", g, "serial_# := a_# * b2_# * c3_#
    totind_# := a_# * c2_# + b1_# * c3_# + a_# * b2_# * c3_#
    tot_# := c1_# + a_# * c2_# + b1_# * c3_# + a_# * b2_# * c3_#")
  }
  difference <- function(effect) sprintf("d%s_%d%d := %s_%d - %s_%d", effect, c(2, 3, 3), c(1, 1, 2), effect, c(2, 3, 3), effect, c(1, 1, 2))
  paste(c(vapply(1:3, of_year, ""), difference("serial"), difference("tot")), collapse = "\n")
}

all_paths <- "IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP"
some_paths <- "IP ~ LG; CP ~ IP; SH ~ IP + CP"
group_models <- list(
  configural = list(model = paste0(by_year(function(name) paste(name, 1:3, sep = "_")), effects_by_year())),
  eqreg = list(model = by_year(function(name) rep(name, 3))),
  eqregint = list(model = all_paths, group.equal = c("regressions", "intercepts")),
  eqregintres = list(model = all_paths, group.equal = c("regressions", "intercepts", "residuals")),
  over_configural = list(model = some_paths),
  over_eqreg = list(model = some_paths, group.equal = "regressions")
)

with_means <- list(meanstructure = TRUE)
without_means <- list(meanstructure = FALSE)
random_x <- list(fixed.x = FALSE)
variants <- list(
  ml = with_means, ml_randx = c(with_means, random_x), ml_nomeans = without_means, listwise = with_means,
  wishart = c(without_means, likelihood = "wishart"), wishart_randx = c(without_means, random_x, likelihood = "wishart"),
  obs = c(with_means, information = "observed"),
  mlr = c(without_means, estimator = "MLR"), mlr_randx = c(without_means, random_x, estimator = "MLR"),
  mlm = c(without_means, estimator = "MLM"),
  fiml = list(missing = "fiml"), fiml_randx = c(random_x, missing = "fiml"),
  fiml_mlr = c(random_x, missing = "fiml", estimator = "MLR"),
  cluster = c(with_means, cluster = "cluster"), cluster_randx = c(with_means, random_x, cluster = "cluster"),
  clusterunit = c(with_means, cluster = "unit"), clusterechelon = c(with_means, cluster = "echelon")
)
group_variants <- list(
  ml = with_means, ml_randx = c(with_means, random_x), ml_nomeans = without_means,
  mlr = c(with_means, estimator = "MLR"), mlr_randx = c(with_means, random_x, estimator = "MLR"),
  cluster = c(with_means, cluster = "cluster")
)

# The catalogue: the name of every fit, and what it is asked of.
catalogue <- function() {
  variants_of <- list(
    a = c("ml", "ml_randx", "ml_nomeans", "wishart", "wishart_randx", "obs", "mlr", "mlr_randx", "mlm"),
    b = c("ml", "mlr", "cluster", "cluster_randx", "clusterunit", "clusterechelon"), c = c("ml", "cluster"),
    d = c("fiml", "fiml_randx", "fiml_mlr", "listwise")
  )
  variants_of <- c(variants_of, list(d2 = variants_of$d, e = variants_of$a))
  of_data <- function(data) {
    grid <- expand.grid(variant = variants_of[[data]], model = names(models), stringsAsFactors = FALSE)
    Map(function(model, variant) one_group(data, model, variants[[variant]]), grid$model, grid$variant) |>
      setNames(paste(data, grid$model, grid$variant, sep = "_"))
  }
  c(
    do.call(c, lapply(names(variants_of), of_data)), list(abad_full_ml = one_group("abad", "full", without_means)),
    in_groups("configural", names(group_variants)), in_groups("eqreg", setdiff(names(group_variants), "ml_nomeans")),
    in_groups("eqregint", c("ml", "ml_randx", "mlr", "mlr_randx")),
    in_groups("eqregintres", c("ml", "ml_randx", "mlr", "mlr_randx")),
    in_groups("over_configural", "ml"), in_groups("over_eqreg", "ml")
  )
}

one_group <- function(data, model, options) list(data = data_files[[data]], arguments = c(list(model = models[[model]]), options))

in_groups <- function(model, names) {
  ask <- function(variant) {
    list(data = data_files[["b"]], arguments = c(group_models[[model]], group_variants[[variant]], group = "year"))
  }
  setNames(lapply(names, ask), paste("b_mg", model, names, sep = "_"))
}

# lavaan's own optimiser leaves six or seven right digits, each Newton step doubles them. Whether exogenous variables are fixed is
# always said: lavaan 0.6 frees them, without a word, when it is to start from an earlier fit and nothing is said.
fit_closely <- function(arguments, table, steps = 6) {
  arguments <- c(fixed_or_not(arguments), list(data = table), em_options(arguments))
  quick <- replace(arguments, names(bare), bare)
  quick$estimator <- NULL
  quick$cluster <- NULL
  fit <- quiet(do.call("sem", quick))
  for (step in seq_len(steps)) {
    again <- quiet(do.call("sem", c(quick, list(start = newton_step(fit), optim.method = "none"))))
    if (gradient_size(again) >= gradient_size(fit)) break
    fit <- again
  }
  said <- character()
  hear <- function(condition) {
    said <<- c(said, trimws(conditionMessage(condition)))
    invokeRestart("muffleWarning")
  }
  last <- c(arguments, list(start = parTable(fit), optim.method = "none"))
  fit <- withCallingHandlers(do.call("sem", last), warning = hear)
  list(fit = fit, warnings = said)
}

quiet <- suppressWarnings

bare <- list(se = "none", test = "none", baseline = FALSE, h1 = FALSE)

fixed_or_not <- function(arguments) if (is.null(arguments$fixed.x)) c(arguments, fixed.x = TRUE) else arguments

em_options <- function(arguments) {
  if (is.null(arguments$missing)) return(list())
  if ("em.h1.args" %in% names(lavOptions())) return(list(em.h1.args = list(tol = 1e-12, max_iter = 5000L)))
  list(em.h1.tol = 1e-12, em.h1.iter.max = 5000L)
}

newton_step <- function(fit) {
  table <- parTable(fit)
  directions <- free_directions(fit)
  gradient <- crossprod(directions, as.vector(lavTech(fit, "gradient")))
  hessian <- crossprod(directions, lavTech(fit, "hessian") %*% directions)
  step <- as.vector(directions %*% solve(hessian, gradient, tol = 0))
  free <- table$free > 0
  table$est[free] <- table$est[free] - step[table$free[free]]
  table
}

free_directions <- function(fit) {
  if (fit@Model@eq.constraints) fit@Model@eq.constraints.K else diag(fit@Model@nx.free)
}

gradient_size <- function(fit) max(abs(crossprod(free_directions(fit), as.vector(lavTech(fit, "gradient")))))

kept_options <- c(
  "bounds", "conditional.x", "estimator", "fixed.x", "h1.information", "information", "likelihood", "meanstructure", "mimic",
  "missing", "observed.information", "se", "std.lv", "test"
)

result_of <- function(name, asked, made) {
  fit <- made$fit
  list(
    name = name, lavaan = version(), call = as_call(asked), options = lavInspect(fit, "options")[kept_options],
    nobs = lavInspect(fit, "nobs"), npar = fitMeasures(fit, "npar")[[1]], converged = lavInspect(fit, "converged"),
    iterations = lavInspect(fit, "iterations"), max_abs_gradient = gradient_size(fit),
    pe = rows_of(parameterEstimates(fit, standardized = TRUE)), std = rows_of(standardizedSolution(fit)),
    std_nox = rows_of(standardizedSolution(fit, type = "std.nox")), fit = as.list(unclass(fitMeasures(fit))),
    r2 = as.list(unlist(lavInspect(fit, "r2"))), vcov = unname(unclass(vcov(fit))), vcov_names = colnames(vcov(fit)),
    implied = moments_of(fit, "implied"), sampstat = moments_of(fit, "sampstat"), ov = lavNames(fit, "ov"),
    warnings = made$warnings
  )
}

version <- function() as.character(packageVersion("lavaan"))

as_call <- function(asked) paste(deparse(as.call(c(list(quote(sem), data = asked$data), asked$arguments))), collapse = " ")

rows_of <- function(table) as.data.frame(unclass(table))

moments_of <- function(fit, what) {
  found <- lavInspect(fit, what)
  each <- function(group) {
    kept <- list(cov = unname(unclass(group$cov)))
    if (!is.null(group$mean)) kept$mean <- as.vector(group$mean)
    kept
  }
  if (lavInspect(fit, "ngroups") == 1) list(each(found)) else lapply(found, each)
}

# Vectors that are lists in every result even when they have one element.
as_array <- c("warnings", "vcov_names", "ov")

write_result <- function(content, path) {
  for (key in intersect(as_array, names(content))) content[[key]] <- I(content[[key]])
  text <- toJSON(content, digits = I(15), auto_unbox = TRUE, na = "null", null = "null", dataframe = "rows", pretty = 1)
  writeLines(text, path)
}

read_table <- function(oracles, file) read.csv(file.path(oracles, "data", paste0(file, ".csv")))

# Tests between models: likelihood ratios, Wald tests, and score tests of constraints and of absent paths.
tests_content <- function(oracles, asked) {
  fits <- new.env()
  fit_of <- function(name) {
    if (is.null(fits[[name]])) fits[[name]] <- fit_closely(asked[[name]]$arguments, read_table(oracles, asked[[name]]$data))$fit
    fits[[name]]
  }
  lrt <- function(names, ...) {
    table <- quiet(do.call(lavTestLRT, c(unname(lapply(names, fit_of)), list(...))))
    table <- data.frame(unclass(table), check.names = FALSE, row.names = NULL)
    table$model <- names
    table
  }
  years <- function(variant, models = c("configural", "eqreg", "eqregint", "eqregintres")) paste("b_mg", models, variant, sep = "_")
  wald <- function(name, constraints) lavTestWald(fit_of(name), constraints)[c("stat", "df", "p.value")]
  nested <- c("configural", "eqreg")
  list(
    lrt = list(
      ml = lrt(years("ml")), ml_randx = lrt(years("ml_randx")), ml_conf_vs_reg = lrt(years("ml", nested)),
      mlr_sb2001 = lrt(years("mlr", nested), method = "satorra.bentler.2001"),
      mlr_sb2010 = lrt(years("mlr", nested), method = "satorra.bentler.2010"),
      mlr_reg_vs_regint_sb2001 = lrt(years("mlr", c("eqreg", "eqregint")), method = "satorra.bentler.2001"),
      over_ml = lrt(years("ml", c("over_configural", "over_eqreg"))), cluster = lrt(years("cluster", nested)),
      a_full_vs_over = lrt(c("a_full_ml", "a_over_ml"))
    ),
    wald = list(
      conf_all_eq = wald("b_mg_configural_ml", equal_in_years(c("a", "b1", "b2", "c1", "c2", "c3"))),
      conf_c3_eq = wald("b_mg_configural_ml", equal_in_years("c3")),
      conf_serial_eq = wald("b_mg_configural_ml", "a_1*b2_1*c3_1 == a_2*b2_2*c3_2\na_1*b2_1*c3_1 == a_3*b2_3*c3_3"),
      a_full_drop2 = wald("a_full_ml", "b1 == 0\nc1 == 0")
    ),
    score_uni_eqreg = rows_of(lavTestScore(fit_of("b_mg_eqreg_ml"))$uni),
    modindices_a_over = rows_of(modindices(fit_of("a_over_ml")))
  )
}

equal_in_years <- function(names) paste(sprintf("%s_1 == %s_%d", rep(names, each = 2), rep(names, each = 2), 2:3), collapse = "\n")

# The bootstrap: every replicate is a fit to the rows that were drawn, from the estimates of all rows on.
bootstraps <- list(
  a_full_boot = list(data = "a_units900", drawn = "a_boot_idx_1000x900_int16le.bin", arguments = without_means,
    kinds = c("norm", "basic", "perc", "bca.simple", "bca")),
  a_full_boot_randx = list(data = "a_units900", drawn = "a_boot_idx_1000x900_int16le.bin",
    arguments = c(without_means, random_x), kinds = c("norm", "basic", "perc", "bca.simple", "bca")),
  b_full_clusterboot = list(data = "b_panel2700", drawn = "b_clusterboot_idx_1000x60_int16le.bin", arguments = with_means,
    cluster = "cluster", kinds = "perc"),
  d_full_fimlboot = list(data = "d_mar8", drawn = "d_fimlboot_idx_60x900_int16le.bin",
    arguments = c(random_x, missing = "fiml"), kinds = character())
)

replicate_fits <- function(asked, oracles) {
  table <- read_table(oracles, asked$data)
  arguments <- c(list(model = models$full), asked$arguments)
  whole <- fit_closely(arguments, table)$fit
  start <- parTable(whole)
  sparse <- c(fixed_or_not(arguments), em_options(arguments), list(start = start), bare)
  refit <- function(units) coef(quiet(do.call("sem", c(sparse, list(data = table[rows_drawn(table, asked$cluster, units), ])))))
  list(whole = whole, coefficients = t(apply(read_drawn(oracles, asked$drawn), 1, refit)))
}

read_drawn <- function(oracles, file) {
  shape <- as.integer(strsplit(sub(".*_idx_([0-9]+x[0-9]+)_.*", "\\1", file), "x")[[1]])
  drawn <- readBin(file.path(oracles, "lavaan", file), "integer", n = prod(shape), size = 2L, endian = "little")
  matrix(drawn + 1L, ncol = shape[2], byrow = TRUE)
}

# Clusters count in the order of their first appearance.
rows_drawn <- function(table, cluster, units) {
  if (is.null(cluster)) return(units)
  labels <- table[[cluster]]
  unlist(split(seq_along(labels), factor(labels, unique(labels)))[units])
}

coefficient_file <- function(name) sub("boot(_randx)?$", "boot_coef\\1.csv", name)

write_coefficients <- function(coefficients, path) {
  lines <- apply(coefficients, 1, function(row) paste(sprintf("%.17g", row), collapse = ","))
  writeLines(c(paste(colnames(coefficients), collapse = ","), lines), path)
}

# lavaan computes its intervals from the replicates and standard errors that a fit carries.
interval_content <- function(made, kinds) {
  carrying <- made$whole
  carrying@boot <- list(coef = made$coefficients)
  carrying@Options$se <- "bootstrap"
  carrying@ParTable$se <- spread_of(carrying, made$coefficients)
  intervals <- function(kind) {
    tryCatch(rows_of(parameterEstimates(carrying, boot.ci.type = kind)), error = function(condition) NULL)
  }
  found <- setNames(lapply(kinds, intervals), kinds)
  c(list(R = nrow(made$coefficients), lavaan = version()), Filter(Negate(is.null), found))
}

spread_of <- function(fit, coefficients) {
  spread <- function(values) sqrt(mean((values - mean(values))^2))
  table <- parTable(fit)
  se <- numeric(length(table$lhs))
  free <- table$free > 0
  se[free] <- apply(coefficients, 2, spread)[table$free[free]]
  se[table$op == ":="] <- apply(apply(coefficients, 1, fit@Model@def.function), 1, spread)
  se
}

make_bootstrap <- function(name, oracles, out) {
  asked <- bootstraps[[name]]
  made <- replicate_fits(asked, oracles)
  write_coefficients(made$coefficients, file.path(out, coefficient_file(name)))
  if (!length(asked$kinds)) return(character())
  content <- interval_content(made, asked$kinds)
  write_result(content, file.path(out, paste0(name, ".json")))
  paste(name, c(setdiff(asked$kinds, names(content)), "std_* and effects_* intervals"))
}

main <- function(oracles, out, pattern = "") {
  asked <- catalogue()
  chosen <- function(names) grep(pattern, names, value = TRUE)
  for (name in chosen(names(asked))) {
    made <- fit_closely(asked[[name]]$arguments, read_table(oracles, asked[[name]]$data))
    write_result(result_of(name, asked[[name]], made), file.path(out, paste0(name, ".json")))
  }
  for (name in chosen("tests_lrt_wald_score")) write_result(tests_content(oracles, asked), file.path(out, paste0(name, ".json")))
  left_out <- unlist(lapply(chosen(names(bootstraps)), make_bootstrap, oracles, out))
  cat("lavaan ", version(), ", ", R.version.string, "\n", sep = "")
  for (each in left_out) cat("left out: ", each, "\n", sep = "")
}

arguments <- commandArgs(trailingOnly = TRUE)
if (!length(arguments) %in% 2:3) stop("arguments: the folder of the oracles, the folder for the results, and perhaps a pattern")
do.call(main, as.list(arguments))
