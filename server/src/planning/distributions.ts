/** Quantile of the standard normal distribution at 0.9: the distance from P50 to P90 in standard deviations. */
export const normalP90 = 1.2815515655446004

/** ln-space location and spread of a lognormal. */
export interface Lognormal {
  mu: number
  sigma: number
}

/** Least, most likely and greatest value; low = high is a certain value. */
export interface Triangular {
  low: number
  likely: number
  high: number
}

/**
 * The lognormal whose median is `p50` and whose 90th percentile is `p90`. Equal values give a certain one.
 *
 * @param p50 > 0
 * @param p90 ≥ p50
 */
export function lognormalFromQuantiles(p50: number, p90: number): Lognormal {
  return { mu: Math.log(p50), sigma: Math.log(p90 / p50) / normalP90 }
}

/** Value below which the share `probability` of a lognormal lies. */
export function lognormalQuantile({ mu, sigma }: Lognormal, probability: number): number {
  return sigma === 0 ? Math.exp(mu) : Math.exp(mu + sigma * normalQuantile(probability))
}

/** exp(μ + σ²/2). */
export function lognormalMean({ mu, sigma }: Lognormal): number {
  return Math.exp(mu + (sigma * sigma) / 2)
}

/**
 * Value below which the share `probability` of a triangular distribution lies.
 * Source: Kotz & van Dorp, Beyond Beta (2004), §1.1.
 */
export function triangularQuantile({ low, likely, high }: Triangular, probability: number): number {
  const width = high - low
  if (width === 0) return low
  const atLikely = (likely - low) / width
  return probability < atLikely
    ? low + Math.sqrt(probability * width * (likely - low))
    : high - Math.sqrt((1 - probability) * width * (high - likely))
}

/**
 * Inverse of the standard normal distribution function; relative error about 1e-16 for 1e-300 < p < 1 − 1e-16.
 * Source: M. J. Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477–484.
 */
export function normalQuantile(probability: number): number {
  const q = probability - 0.5
  if (Math.abs(q) <= 0.425) return q * ratio(central, 0.180625 - q * q)
  const r = Math.sqrt(-Math.log(q < 0 ? probability : 1 - probability))
  const magnitude = r <= 5 ? ratio(tail, r - 1.6) : ratio(farTail, r - 5)
  return q < 0 ? -magnitude : magnitude
}

type RationalFunction = readonly [numerator: readonly number[], denominator: readonly number[]]

const central: RationalFunction = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087, 33430.57558358813,
    2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943,
    5226.495278852854,
  ],
]
const tail: RationalFunction = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
    0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457, 0.0005475938084995345,
    1.0507500716444169e-9,
  ],
]
const farTail: RationalFunction = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124, 0.0012426609473880784,
    2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5, 1.421511758316446e-7,
    2.0442631033899397e-15,
  ],
]

function ratio([numerator, denominator]: RationalFunction, x: number): number {
  const horner = (coefficients: readonly number[]): number => coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0)
  return horner(numerator) / horner(denominator)
}
