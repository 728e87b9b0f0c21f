/**
 * True if `a` is certainly older than `b`: resource versions are increasing decimal numbers
 * (https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/5504-comparable-resource-version).
 * False if one of them is not a number.
 */
export function isOlder(a: string, b: string): boolean {
  if (!DECIMAL.test(a) || !DECIMAL.test(b)) return false
  return a.length === b.length ? a < b : a.length < b.length
}

const DECIMAL = /^(?:0|[1-9]\d*)$/
