# Makes the reference results of corrected robust standard errors: sandwich's HC0 to HC3 and clubSandwich's CR2 of each equation of
# the full model, as JSON with 15 digits, with the session they come from.
#
#   Rscript make_sandwich.R DATA OUT
#
# DATA holds the data sets, OUT receives sandwich.json.

suppressPackageStartupMessages({
  library(clubSandwich)
  library(sandwich)
  library(jsonlite)
})

equations <- list(IP = IP ~ LG, CP = CP ~ LG + IP, SH = SH ~ LG + IP + CP)
leverages <- c("HC0", "HC1", "HC2", "HC3")
clusters <- c("cluster", "unit", "echelon")

standard_errors <- function(covariance) as.list(sqrt(diag(as.matrix(covariance)))[-1])

of_equation <- function(equation, table) {
  fit <- lm(equation, table)
  hc <- lapply(setNames(leverages, tolower(leverages)), function(type) standard_errors(vcovHC(fit, type = type)))
  cr2 <- lapply(setNames(clusters, clusters), function(name) standard_errors(vcovCR(fit, cluster = table[[name]], type = "CR2")))
  list(b = as.list(coef(fit)[-1]), hc = hc, cr2 = cr2)
}

arguments <- commandArgs(trailingOnly = TRUE)
table <- read.csv(file.path(arguments[1], "b_panel2700.csv"))
versions <- lapply(c(sandwich = "sandwich", clubSandwich = "clubSandwich"), function(name) as.character(packageVersion(name)))
content <- list(
  data = "b_panel2700", equations = lapply(equations, of_equation, table),
  session = c(list(r = R.version.string, platform = R.version$platform), versions)
)
text <- toJSON(content, digits = I(15), auto_unbox = TRUE, pretty = 1)
writeLines(text, file.path(arguments[2], "sandwich.json"))
