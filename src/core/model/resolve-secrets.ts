/** Decides which content of its Secrets a port is served with. */
import type {SecretProblem} from '../../diagnostics/rules/tls-rules.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Credential} from '../cluster/credentials.js'
import type {Secret, Service} from '../cluster/objects.js'
import {ANNOTATIONS} from '../intent/annotations.js'
import {settingField} from '../intent/port-settings.js'
import type {PortIntent} from '../intent/service-intent.js'
import type {SecretView} from './secret-views.js'
import {secretFilePath, secretFileStem, type SecretFile, type SecretPart, type TlsFiles} from './tls-files.js'

/** One Secret that a port needs. */
type Use = {
  /** The key of the annotation that names it. */
  readonly key: string
  /** NAMESPACE/NAME */
  readonly secret: string
  readonly part: SecretPart
}

/**
 *  the Secret                              | NGINX served good content of it | else
 *  is good                                 | served                          | served
 *  may exist, but not in these manifests   | (no NGINX)                      | served with a placeholder
 *  does not exist, or has another type     | closed                          | closed
 *  cannot be read, is broken or expired    | served with that content        | closed
 *
 * The files of a port; undefined if the port must not be exposed. Everything but the first two rows is reported.
 */
export function resolveSecrets(
  service: Service,
  port: PortIntent,
  views: readonly SecretView[],
  report: ReportDiagnostic,
): TlsFiles | undefined {
  const {tlsSecret, tlsClientCaSecret, tlsToBackend} = port.listenerSettings
  const certificate = use(ANNOTATIONS.tlsSecret.key, tlsSecret, 'certificate')
  const clientAuthorities = use(ANNOTATIONS.tlsClientCaSecret.key, tlsClientCaSecret, 'authorities')
  const backendAuthorities = use(ANNOTATIONS.tlsToBackend.key, tlsToBackend?.caSecret, 'authorities')
  const uses = {certificate, clientAuthorities, backendAuthorities}
  const files: {-readonly [K in keyof TlsFiles]: TlsFiles[K]} = {}
  let isClosed = false
  for (const name of ['certificate', 'clientAuthorities', 'backendAuthorities'] as const) {
    const each = uses[name]
    const file = each && resolveOne(service, port, each, views, report)
    if (file) files[name] = file
    isClosed ||= each !== undefined && !file
  }
  if (files.certificate) reportHosts(service, port, files.certificate, report)
  if (!tlsSecret && tlsToBackend && port.sharing?.hosts)
    report('tls-inside-tls', {
      field: settingField(service, port.port, ANNOTATIONS.tlsToBackend.key),
      args: {},
    })
  return isClosed ? undefined : files
}

function use(key: string, secret: string | undefined, part: SecretPart): Use | undefined {
  return secret === undefined ? undefined : {key, secret, part}
}

function resolveOne(
  service: Service,
  port: PortIntent,
  {key, secret: id, part}: Use,
  views: readonly SecretView[],
  report: ReportDiagnostic,
): SecretFile | undefined {
  const view = views.find((each) => each.id === id)
  const field = settingField(service, port.port, key)
  const found = contentOf(view, part)
  const file = (credential?: Credential): SecretFile => ({
    path: secretFilePath(secretFileStem(part, id), credential),
    secret: {kind: 'Secret', namespace: service.ref.namespace, name: id.slice(id.indexOf('/') + 1)},
    ...(credential && {credential}),
  })
  if (found === 'unknown') return file()
  if ('credential' in found) {
    if (view?.parts[part].validity === 'expiring')
      report('tls-certificate-expires', {field, args: {secret: id, date: dayOf(found.credential.notAfter)}})
    return file(found.credential)
  }
  const kept = CLOSES.has(found.code) ? undefined : view?.parts[part].lastGood
  const args = {secret: id, setting: key.slice(key.indexOf('/') + 1), problem: found}
  report(kept ? 'tls-secret-kept' : 'tls-secret-unusable', {field, args})
  return kept && file(kept)
}

/** The owner removed the Secret, or it is not one for TLS: what it had before must not be served. */
const CLOSES: ReadonlySet<SecretProblem['code']> = new Set(['missing', 'type'])

function contentOf(
  view: SecretView | undefined,
  part: SecretPart,
): 'unknown' | {readonly credential: Credential} | SecretProblem {
  const {secret, parts} = view ?? {}
  if (secret === 'unknown') return secret
  if (secret === undefined) return {code: 'missing'}
  if ('unreadable' in secret) return whyUnreadable(secret.unreadable)
  if (part === 'certificate' && secret.type !== TLS_TYPE) return {code: 'type', detail: secret.type}
  const reading = secret[part]
  if ('problem' in reading) return {code: reading.problem}
  const {notBefore, notAfter} = reading.credential
  const validity = parts?.[part].validity
  if (validity === 'expired') return {code: validity, detail: dayOf(notAfter)}
  if (validity === 'not-yet-valid') return {code: validity, detail: dayOf(notBefore)}
  return reading
}

/** https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets */
const TLS_TYPE = 'kubernetes.io/tls'

function whyUnreadable(unreadable: Extract<Secret, {unreadable: unknown}>['unreadable']): SecretProblem {
  if (unreadable.why === 'forbidden') return {code: 'forbidden', rule: unreadable.rule}
  if (unreadable.why === 'limit') return {code: 'limit', detail: String(unreadable.limit)}
  return {code: 'unanswered', detail: unreadable.message}
}

/** `2027-01-31` */
function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

/** Reports names of the port that clients will not find in the certificate. */
function reportHosts(
  service: Service,
  {port, sharing}: PortIntent,
  {secret, credential}: SecretFile,
  report: ReportDiagnostic,
): void {
  if (!credential || !sharing?.hosts) return
  const covered = new Set(credential.names)
  // A wildcard of a certificate is for one label: https://datatracker.ietf.org/doc/html/rfc6125#section-6.4.3
  const isCovered = (host: string): boolean =>
    host === '*' || covered.has(host) || covered.has(`*${host.slice(host.indexOf('.'))}`)
  const hosts = sharing.hosts.names.filter((host) => !isCovered(host))
  if (hosts.length === 0) return
  const args = {secret: `${secret.namespace}/${secret.name}`, hosts}
  report('tls-host-uncovered', {field: settingField(service, port, ANNOTATIONS.hosts.key), args})
}
