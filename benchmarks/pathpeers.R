# What R computes: Rscript benchmarks/pathpeers.R NAME FILE DRAWS prints how long the draws took, and the effects in the data.
#   lavaan  sem(se = "bootstrap"), every effect defined; what one fit takes is not counted
#   fiml    the same with missing = "fiml"
#   lmfit   a loop of .lm.fit over samples of rows, every effect formed from each sample's coefficients
#   single  one fit by lavaan with its standard errors, DRAWS times

model <- "
  IP ~ a*LG
  CP ~ d*LG + c*IP
  SH ~ e*LG + f*IP + g*CP
  LG_IP_CP := a*c
  LG_CP := d + a*c
  LG_CP_SH := d*g
  LG_IP_SH := a*f
  LG_IP_CP_SH := a*c*g
  LG_SH_indirect := d*g + a*f + a*c*g
  LG_SH := e + d*g + a*f + a*c*g
  IP_CP_SH := c*g
  IP_SH := f + c*g
"

every_effect <- function(b) {
  a <- b[1]; d <- b[2]; c <- b[3]; e <- b[4]; f <- b[5]; g <- b[6]
  c(a, a, d, a*c, a*c, d + a*c, e, d*g, a*f, a*c*g, d*g + a*f + a*c*g, e + d*g + a*f + a*c*g,
    c, c, f, c*g, c*g, f + c*g, g, g)
}

names_of_effects <- c(
  "LG -> IP", "total LG -> IP", "LG -> CP", "LG -> IP -> CP", "indirect LG -> CP", "total LG -> CP", "LG -> SH",
  "LG -> CP -> SH", "LG -> IP -> SH", "LG -> IP -> CP -> SH", "indirect LG -> SH", "total LG -> SH", "IP -> CP",
  "total IP -> CP", "IP -> SH", "IP -> CP -> SH", "indirect IP -> SH", "total IP -> SH", "CP -> SH", "total CP -> SH")

by_lmfit <- function(d) {
  every_effect(c(
    .lm.fit(d[, c(1, 2)], d[, 3])$coefficients[2],
    .lm.fit(d[, c(1, 2, 3)], d[, 4])$coefficients[2:3],
    .lm.fit(d[, c(1, 2, 3, 4)], d[, 5])$coefficients[2:4]))
}

took <- function(expression) unname(system.time(expression)[c("elapsed", "user.self", "sys.self")])

given <- commandArgs(trailingOnly = TRUE)
name <- given[1]
data <- read.csv(given[2])[, c("LG", "IP", "CP", "SH")]
draws <- as.integer(given[3])
set.seed(20151122)

if (name == "lmfit") {
  rows <- cbind(1, as.matrix(data))
  n <- nrow(rows)
  effects <- by_lmfit(rows)
  replicate(3, by_lmfit(rows[sample.int(n, replace = TRUE), ]))
  spent <- took(replicate(draws, by_lmfit(rows[sample.int(n, replace = TRUE), ])))
} else {
  suppressMessages(library(lavaan))
  missing <- if (name == "fiml") "fiml" else "listwise"
  fit <- sem(model, data, missing = missing)
  found <- coef(fit)
  effects <- every_effect(found[c("a", "d", "c", "e", "f", "g")])
  repeated <- if (name == "single") draws else 5
  spent <- took(for (i in seq_len(repeated)) sem(model, data, missing = missing))
  if (name != "single") {
    single <- spent / repeated
    # Of few draws lavaan says that they determine no covariance matrix.
    spent <- took(suppressWarnings(
      sem(model, data, missing = missing, se = "bootstrap", bootstrap = draws))) - single
  }
}

said <- paste(sprintf("\"%s\": %.17g", names_of_effects, effects), collapse = ", ")
cat(sprintf("{\"draws\": %d, \"seconds\": %.6f, \"cpu_seconds\": %.6f, \"effects\": {%s}}\n",
            draws, spent[1], spent[2] + spent[3], said))
