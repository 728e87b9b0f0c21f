/** Diagnostics as reasons, the way Kubernetes spells them: in Events, and as errors of ports in the status of a Service. */
import type {DiagnosticCode} from '../diagnostics/catalogue.js'

/** The domain of the values that are lbex's own, as of its annotations. */
export const DOMAIN = 'loadbalancer.lbex'

/** `port-conflict` is `PortConflict`. */
export function reasonOf(code: DiagnosticCode): string {
  return code.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/**
 * The API reserves plain CamelCase for its own errors of ports; those of an implementation have the form `foo.example.com/CamelCase`
 * (https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/#ServiceStatus).
 */
export function portErrorOf(code: DiagnosticCode): string {
  return `${DOMAIN}/${reasonOf(code)}`
}

/** For a port that is not served, and of which no diagnostic tells why. */
export const NOT_SERVED = `${DOMAIN}/NotServed`

/** What depends on the host that lbex runs on: the other hosts of a group may serve the Service. */
const HOST_CODES: ReadonlySet<DiagnosticCode> = new Set(['port-held', 'nginx-refused', 'nginx-exhausted'])

export function concernsHost(code: DiagnosticCode): boolean {
  return HOST_CODES.has(code)
}
