/** Reports the fields of a Service that lbex does not support. */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Service} from '../cluster/objects.js'

/** The default of the API server: three hours. */
const DEFAULT_AFFINITY_TIMEOUT = 10_800

export function reportIgnoredFields(service: Service, report: ReportDiagnostic): void {
  const {externalIPs, affinityTimeout = DEFAULT_AFFINITY_TIMEOUT} = service
  if (externalIPs) report('field-ignored', {field: ['spec', 'externalIPs'], args: ADDRESSES})
  if (service.sessionAffinity === 'ClientIP' && affinityTimeout !== DEFAULT_AFFINITY_TIMEOUT)
    report('field-ignored', {field: ['spec', 'sessionAffinityConfig'], args: TIMEOUT})
}

const ADDRESSES = {
  why: 'lbex listens on the addresses of its hosts, not on spec.externalIPs',
  advice: '--listen-address selects the addresses of the host; kube-proxy still serves spec.externalIPs',
}
const TIMEOUT = {
  why: 'lbex chooses the server by the client address alone, so the affinity has no timeout',
  advice: 'remove spec.sessionAffinityConfig, or keep it for kube-proxy',
}
