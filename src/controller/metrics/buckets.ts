/** The upper bounds of the buckets of histograms. */

/** Seconds: from a configtest of a small configuration to a reload that times out. */
export const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2.5, 5, 10, 30, 60]

/** Seconds: a request to NGINX that writes to memory. */
export const LIVE_DURATIONS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2]

/** The buckets of kube-proxy: https://github.com/kubernetes/kubernetes/blob/master/pkg/proxy/metrics/metrics.go */
export const PROGRAMMING_LATENCIES = [
  0.25,
  0.5,
  ...steps(1, 59, 1),
  ...steps(60, 115, 5),
  ...steps(120, 300, 30),
]

/** `first`, then steps of `step`, up to and including `last`. */
function steps(first: number, last: number, step: number): number[] {
  return Array.from({length: (last - first) / step + 1}, (_, index) => first + index * step)
}
