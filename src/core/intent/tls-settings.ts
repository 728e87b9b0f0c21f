/** Reads the settings of TLS of a port. */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATIONS} from './annotations.js'
import {readChoice, readText} from './setting-values.js'
import {annotationField} from './values.js'

/** Secrets are NAMESPACE/NAME, so that settings of Services in different namespaces differ. */
export type TlsSettings = {
  /** The Secret with certificate and key: NGINX terminates TLS. Absent: NGINX passes on what clients send. */
  readonly tlsSecret?: string
  /** The oldest version of TLS. Absent: 1.2. */
  readonly tlsMinVersion?: '1.3'
  /** The Secret with the authorities of client certificates. Absent: clients need none. */
  readonly tlsClientCaSecret?: string
  /** Absent: no TLS to the servers. */
  readonly tlsToBackend?: TlsToBackend
}

export type TlsToBackend = {
  /** The name that NGINX asks for (SNI), and that the certificate of a server must have. */
  readonly name: string
  /** The Secret with the authorities of the servers. Absent: any certificate is accepted. */
  readonly caSecret?: string
}

/** An invalid value, and a setting without the one that it needs, are reported. */
export function readTlsSettings(service: Service, report: ReportDiagnostic): TlsSettings {
  const tlsSecret = readText(service, ANNOTATIONS.tlsSecret, report)
  const minVersion = readChoice(service, ANNOTATIONS.tlsMinVersion, report)
  const clientCa = readText(service, ANNOTATIONS.tlsClientCaSecret, report)
  const tlsToBackend = readTlsToBackend(service, report)
  if (service.annotations[ANNOTATIONS.tlsSecret.key] === undefined) reportWithoutTermination(service, report)
  return {
    ...(tlsSecret !== undefined && {tlsSecret: secretId(service, tlsSecret)}),
    ...(tlsSecret !== undefined && minVersion === '1.3' && {tlsMinVersion: minVersion}),
    ...(clientCa !== undefined && {tlsClientCaSecret: secretId(service, clientCa)}),
    ...(tlsToBackend && {tlsToBackend}),
  }
}

function readTlsToBackend(service: Service, report: ReportDiagnostic): TlsToBackend | undefined {
  const value = readText(service, ANNOTATIONS.tlsToBackend, report) ?? 'off'
  if (value === 'off') return undefined
  const name = `${service.ref.name}.${service.ref.namespace}.svc`
  return value === 'insecure' ? {name} : {name, caSecret: secretId(service, value.secret)}
}

function secretId({ref}: Service, name: string): string {
  return `${ref.namespace}/${name}`
}

function reportWithoutTermination({annotations}: Service, report: ReportDiagnostic): void {
  const {tlsMinVersion, tlsClientCaSecret} = ANNOTATIONS
  if (annotations[tlsClientCaSecret.key] !== undefined)
    report('tls-secret-needed', {field: annotationField(tlsClientCaSecret.key), on: 'key', args: {}})
  if (annotations[tlsMinVersion.key] === undefined) return
  report('setting-unused', {
    field: annotationField(tlsMinVersion.key),
    on: 'key',
    args: {
      key: tlsMinVersion.key,
      why: 'NGINX does not terminate TLS',
      advice: 'set loadbalancer.lbex/tls-secret, or remove the annotation',
    },
  })
}
