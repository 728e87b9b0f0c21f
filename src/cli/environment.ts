/** Distinguishes LBEX_* variables that set a flag from those that Kubernetes injects and those that are probably misspelled. */
import {nearest} from '../diagnostics/nearest.js'

const PREFIX = 'LBEX_'
const URL_OF_A_PORT = /^(tcp|udp|sctp):\/\//

/**
 * Names and values of the variables that Kubernetes injects into every container for a Service called `lbex` or `lbex-...`:
 * https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables
 */
const INJECTED: ReadonlyArray<readonly [name: RegExp, value: RegExp]> = [
  [/^LBEX(_\w+)?_SERVICE_HOST$/, /^[\d.]+$|:/],
  [/^LBEX(_\w+)?_SERVICE_PORT(_\w+)?$/, /^\d+$/],
  [/^LBEX(_\w+)?_PORT$/, URL_OF_A_PORT],
  [/^LBEX(_\w+)?_PORT_\d+_(TCP|UDP|SCTP)$/, URL_OF_A_PORT],
  [/^LBEX(_\w+)?_PORT_\d+_(TCP|UDP|SCTP)_(PROTO|PORT|ADDR)$/, /^/],
]

export function isInjectedByKubernetes(name: string, value: string): boolean {
  return INJECTED.some(([names, values]) => names.test(name) && values.test(value))
}

/** A sentence for each LBEX_* variable that is neither in `known` nor injected by Kubernetes. */
export function unknownVariables(
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): string[] {
  return Object.entries(environment)
    .filter(([name, value]) => isUnknown(name, value ?? '', known))
    .map(([name]) => {
      const guess = nearest(
        name.slice(PREFIX.length),
        known.map((variable) => variable.slice(PREFIX.length)),
      )
      return `the variable ${name} does not set a flag${guess ? `; did you mean ${PREFIX}${guess}?` : ''}`
    })
    .sort()
}

function isUnknown(name: string, value: string, known: readonly string[]): boolean {
  return name.startsWith(PREFIX) && !known.includes(name) && !isInjectedByKubernetes(name, value)
}
