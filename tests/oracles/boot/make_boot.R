# Makes the reference intervals of bootstrap replicates: R's package boot on the rows that each stored replicate drew, as JSON with
# 15 digits, with the session they come from.
#
#   Rscript make_boot.R ORACLES OUT
#
# ORACLES holds data/ and lavaan/ (the rows drawn), OUT receives a_full.json: the estimates of seven effects, the acceleration of
# each from the jackknife (in one stratum and in several), and intervals_<replicates>_<level> by method, with the effects in order.

suppressPackageStartupMessages({
  library(boot)
  library(jsonlite)
})

n_rows <- 900L
stratum_ends <- c(150L, 400L, 900L)
wanted <- list(c(1000, 0.95), c(1000, 0.9), c(199, 0.95), c(30, 0.95))
# The name of each method here, of its argument and of its part of the answer in boot.ci.
methods <- list(
  percentile = c("perc", "percent"), basic = c("basic", "basic"), bca = c("bca", "bca"), normal = c("norm", "normal")
)

effects <- function(table, rows) {
  S <- cov(table[rows, ])
  paths <- lapply(1:3, function(q) solve(S[1:q, 1:q, drop = FALSE], S[1:q, q + 1]))
  a <- paths[[1]]
  b <- paths[[2]]
  c <- paths[[3]]
  total <- c[1] + a * c[2] + b[1] * c[3] + a * b[2] * c[3]
  c(a, b[2], c[3], a * b[2], a * b[2] * c[3], total, a * sqrt(S[1, 1] / S[2, 2]))
}

rows_drawn <- function(folder) {
  file <- file.path(folder, "lavaan", "a_boot_idx_1000x900_int16le.bin")
  drawn <- readBin(file, "integer", n = 1000L * n_rows, size = 2L, endian = "little")
  matrix(drawn + 1L, ncol = n_rows, byrow = TRUE)
}

influence_by_jackknife <- function(table, strata, effect) {
  empinf(data = table, statistic = function(data, rows) effects(data, rows)[effect], stype = "i", type = "jack", strata = strata)
}

acceleration <- function(influence) sum(influence^3) / (6 * sum(influence^2)^1.5)

# boot.ci takes what a call of boot() returns; this is such an answer for replicates that are already there.
as_answer <- function(table, estimate, replicates) {
  structure(
    list(
      t0 = estimate, t = replicates, R = nrow(replicates), data = table, statistic = effects, sim = "ordinary", stype = "i",
      strata = rep(1, n_rows), weights = rep(1 / n_rows, n_rows), call = quote(boot(data = table, statistic = effects))
    ),
    class = "boot"
  )
}

ends <- function(answer, influence, level, method) {
  one <- function(effect) {
    found <- boot.ci(answer, conf = level, type = method[1], index = effect, L = influence[, effect])[[method[2]]]
    tail(as.vector(found), 2)
  }
  both <- vapply(seq_along(answer$t0), one, numeric(2))
  list(lower = both[1, ], upper = both[2, ])
}

intervals <- function(table, estimate, replicates, influence) {
  each <- function(pair) {
    answer <- as_answer(table, estimate, replicates[seq_len(pair[1]), ])
    # With few replicates some ends are the extreme ones, of which boot.ci warns.
    suppressWarnings(lapply(methods, function(method) ends(answer, influence, pair[2], method)))
  }
  names <- vapply(wanted, function(pair) paste("intervals", pair[1], pair[2], sep = "_"), "")
  setNames(lapply(wanted, each), names)
}

main <- function(oracles, out) {
  table <- as.matrix(read.csv(file.path(oracles, "data", "a_units900.csv"))[c("LG", "IP", "CP", "SH")])
  estimate <- effects(table, seq_len(n_rows))
  replicates <- t(apply(rows_drawn(oracles), 1, function(rows) effects(table, rows)))
  strata <- rep(seq_along(stratum_ends), diff(c(0L, stratum_ends)))
  influence <- sapply(seq_along(estimate), function(effect) influence_by_jackknife(table, rep(1, n_rows), effect))
  stratified <- sapply(seq_along(estimate), function(effect) influence_by_jackknife(table, strata, effect))
  content <- c(
    list(
      data = "a_units900", estimate = estimate, acceleration = apply(influence, 2, acceleration),
      stratum_ends = stratum_ends, acceleration_stratified = apply(stratified, 2, acceleration)
    ),
    intervals(table, estimate, replicates, influence),
    list(session = list(
      r = R.version.string, platform = R.version$platform, boot = as.character(packageVersion("boot")),
      lapack = as.character(La_version())
    ))
  )
  writeLines(toJSON(content, digits = I(15), auto_unbox = TRUE, pretty = 1), file.path(out, "a_full.json"))
}

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 2) stop("two arguments are needed: the folder of the oracles and the folder for the result")
main(arguments[1], arguments[2])
