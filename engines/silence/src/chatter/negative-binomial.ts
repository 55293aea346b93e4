// Lanczos approximation with g = 7, n = 9 (Numerical recipes in many books; coefficients by P. Godfrey).
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const

/** Natural logarithm of the gamma function for positive arguments. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const y = x - 1
  let sum: number = lanczos[0]
  for (let i = 1; i < lanczos.length; i += 1) sum += (lanczos[i] ?? 0) / (y + i)
  const t = y + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum)
}

/**
 * Probability of at most `n` events where `mean` are expected, for counts with variance `mean + mean²/size`
 * (negative binomial; a large `size` is Poisson). Summed downwards from `n`, so tiny tails keep their precision.
 */
export function lowerTail(n: number, mean: number, size: number): number {
  if (mean <= 0) return 1
  // Far from the lower tail nothing needs to be exact.
  if (n >= mean) return 1
  const q = mean / (size + mean)
  const logP = Math.log(size / (size + mean))
  let term = Math.exp(logGamma(n + size) - logGamma(size) - logGamma(n + 1) + size * logP + n * Math.log(q))
  let sum = term
  for (let i = n; i > 0 && term > sum * 1e-12; i -= 1) {
    term *= i / ((i - 1 + size) * q)
    sum += term
  }
  return Math.min(1, sum)
}
