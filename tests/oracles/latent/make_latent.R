# Makes the reference results of the models that have no closed form, as JSON with 15 digits, with the session they come from.
#
#   Rscript make_latent.R [FOLDER]
#
# FOLDER (by default the present one) holds the data and receives MODEL.json: estimates with exogenous variables random, and fit
# measures also with exogenous variables fixed. As in bsc_analysis, residuals of outcomes are uncorrelated unless the model says
# otherwise.

suppressPackageStartupMessages({
  library(lavaan)
  library(jsonlite)
})

measured <- "LF =~ l1 + l2 + l3; PF =~ p1 + p2 + p3; SF =~ s1 + s2 + s3;"
models <- list(
  factors = list(data = "factors400", text = paste(measured, "PF ~ a*LF; SF ~ c*LF + b*PF; ind := a*b; tot := c + a*b")),
  mixed = list(data = "factors400", text = paste(
    "LF =~ l1 + m*l2 + l3; PF =~ p1 + m*p2 + 1.2*p3; p2 ~~ p3;",
    "PF ~ a*LF + budget; s1 ~ b*PF + 0.1*budget; LF ~~ budget; ind := a*b"
  )),
  second = list(data = "factors400", text = paste(measured, "G =~ LF + PF + SF; budget ~ G")),
  residual = list(data = "paths500", text = "IP ~ a*LG + X; CP ~ LG; SH ~ b*IP + CP; IP ~~ CP; ind := a*b"),
  equal = list(data = "paths500", text = "IP ~ a*LG + b*X; CP ~ a*LG + b*IP; SH ~ c*IP + c*CP; ind := a*c; share := a*c/(a + c)"),
  fixed = list(data = "paths500", text = "IP ~ 0.4*LG + X; CP ~ LG + 0.1*IP; SH ~ 0.2*IP + CP; IP ~~ CP"),
  oddunits = list(data = "oddunits500", text = "IP ~ LG + X; CP ~ LG; SH ~ IP + CP; IP ~~ CP"),
  oddequal = list(data = "oddunits500", text = "IP ~ a*LG + X; CP ~ a*LG; SH ~ c*IP + c*CP; IP ~~ CP")
)

fit_closely <- function(text, table, fixed_x, steps = 8) {
  arguments <- list(
    text, table, fixed.x = fixed_x, auto.cov.y = FALSE, meanstructure = FALSE, likelihood = "normal",
    information = "expected"
  )
  fit <- do.call("sem", arguments)
  for (step in seq_len(steps)) {
    again <- suppressWarnings(do.call("sem", c(arguments, list(start = newton_step(fit), optim.method = "none"))))
    if (gradient_size(again) >= gradient_size(fit)) break
    fit <- again
  }
  fit
}

# lavaan's own optimiser leaves six or seven right digits; each of these steps doubles them.
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

rows_of <- function(table) {
  table <- as.data.frame(unclass(table))
  table[, setdiff(names(table), c("block", "exo")), drop = FALSE]
}

measures <- c("npar", "chisq", "df", "pvalue", "baseline.chisq", "baseline.df", "cfi", "tli", "logl", "unrestricted.logl",
  "aic", "bic", "rmsea", "srmr")

write_fit <- function(name, folder) {
  model <- models[[name]]
  table <- read.csv(file.path(folder, paste0(model$data, ".csv")))
  text <- gsub(";", "\n", model$text)
  fit <- fit_closely(text, table, fixed_x = FALSE)
  content <- list(
    name = name, data = model$data, model = model$text, nobs = lavInspect(fit, "nobs"), max_abs_gradient = gradient_size(fit),
    pe = rows_of(parameterEstimates(fit, standardized = TRUE, remove.system.eq = TRUE)), std = rows_of(standardizedSolution(fit)),
    fit = as.list(unclass(fitMeasures(fit, measures))),
    fit_fixed_x = as.list(unclass(fitMeasures(fit_closely(text, table, fixed_x = TRUE), measures))),
    r2 = as.list(unclass(lavInspect(fit, "r2"))), session = session
  )
  result <- toJSON(content, digits = I(15), auto_unbox = TRUE, na = "null", null = "null", dataframe = "rows", pretty = 1)
  writeLines(result, file.path(folder, paste0(name, ".json")))
}

session <- list(
  r = R.version.string, platform = R.version$platform, lavaan = as.character(packageVersion("lavaan")),
  jsonlite = as.character(packageVersion("jsonlite"))
)
folder <- c(commandArgs(trailingOnly = TRUE), ".")[1]
for (name in names(models)) write_fit(name, folder)
