/** Converts codes of diagnostics to CamelCase reasons for Events, and to port errors for the status of a Service. */
import type {DiagnosticCode} from '../diagnostics/catalogue.js'

/** The domain of lbex's own values, the same as of its annotations. */
export const DOMAIN = 'loadbalancer.lbex'

/** `port-conflict` becomes `PortConflict`. */
export function reasonOf(code: DiagnosticCode): string {
  return code.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/**
 * The API reserves plain CamelCase for its own port errors; those of an implementation have the form `foo.example.com/CamelCase`
 * (https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/#ServiceStatus).
 */
export function portErrorOf(code: DiagnosticCode): string {
  return `${DOMAIN}/${reasonOf(code)}`
}

/** The error of a port that is not served, if no diagnostic explains it. */
export const NOT_SERVED = `${DOMAIN}/NotServed`

/** Diagnostics about a single host: the other hosts of the group may serve the Service. */
const HOST_CODES: ReadonlySet<DiagnosticCode> = new Set([
  'port-held',
  'nginx-refused',
  'nginx-exhausted',
  'listen-address-unknown',
  'server-unhealthy',
  'servers-all-unhealthy',
  'health-check-slow',
])

export function concernsHost(code: DiagnosticCode): boolean {
  return HOST_CODES.has(code)
}
