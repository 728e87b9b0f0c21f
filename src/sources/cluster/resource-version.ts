/**
 * True when `a` is certainly older than `b`: resource versions are decimal numbers that grow
 * (https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/5504-comparable-resource-version).
 * False for what is no number.
 */
export function isOlder(a: string, b: string): boolean {
  if (!DECIMAL.test(a) || !DECIMAL.test(b)) return false
  return a.length === b.length ? a < b : a.length < b.length
}

const DECIMAL = /^(?:0|[1-9]\d*)$/
