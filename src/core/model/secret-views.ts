/** What is known of the Secrets that a Service names: their content, what of it is valid now, and the last good content. */
import type {Credential, CredentialReading} from '../cluster/credentials.js'
import type {Secret, Service} from '../cluster/objects.js'
import type {ClusterSnapshot} from '../cluster/snapshot.js'
import {secretsNamedBy} from '../intent/named-secrets.js'
import type {HostState} from './host-state.js'
import {secretFileStem, type SecretPart} from './tls-files.js'

export type Validity = 'valid' | 'expiring' | 'expired' | 'not-yet-valid'

/** One part of a Secret. */
export type PartView = {
  readonly validity: Validity
  /** The last content that NGINX served and that had no problem; absent if it served none. */
  readonly lastGood?: Credential
}

export type SecretView = {
  /** NAMESPACE/NAME */
  readonly id: string
  /** `unknown`: it may exist, but not in these manifests. Absent: it does not exist. */
  readonly secret?: Secret | 'unknown'
  readonly parts: Readonly<Record<SecretPart, PartView>>
}

/** Returns the views of the Secrets that a Service names. */
export type SecretViewer = (service: Service) => readonly SecretView[]

const NONE: readonly SecretView[] = []

/** Returns a function that prepares a viewer for each translation. Views that did not change are the same objects. */
export function createSecretViews(): (
  snapshot: Pick<ClusterSnapshot, 'secrets' | 'coverage'>,
  host: Pick<HostState, 'now' | 'lastGood'>,
) => SecretViewer {
  let latest: ReadonlyMap<string, SecretView> = new Map()
  return ({secrets = [], coverage}, host) => {
    const known = new Map(secrets.map((secret) => [`${secret.ref.namespace}/${secret.ref.name}`, secret]))
    const earlier = latest
    const current = new Map<string, SecretView>()
    latest = current
    const viewOf = (id: string): SecretView => {
      const found = known.get(id) ?? (coverage.unknownSecrets && 'unknown')
      const view = current.get(id) ?? keepEqual(makeView(id, found, host), earlier.get(id))
      current.set(id, view)
      return view
    }
    return (service) => {
      const names = secretsNamedBy(service)
      return names.length === 0 ? NONE : names.map(({namespace, name}) => viewOf(`${namespace}/${name}`))
    }
  }
}

function makeView(
  id: string,
  secret: Secret | 'unknown' | undefined,
  {now, lastGood}: Pick<HostState, 'now' | 'lastGood'>,
): SecretView {
  const content = secret === undefined || secret === 'unknown' || 'unreadable' in secret ? undefined : secret
  const part = (name: SecretPart): PartView => {
    const good = lastGood?.get(secretFileStem(name, id))
    return {validity: validityOf(content?.[name], now), ...(good && {lastGood: good})}
  }
  return {
    id,
    ...(secret && {secret}),
    parts: {certificate: part('certificate'), authorities: part('authorities')},
  }
}

/** Milliseconds before the end of a certificate at which lbex begins to warn: 14 days. */
const NOTICE = 14 * 86_400_000

function validityOf(reading: CredentialReading | undefined, now: number | undefined): Validity {
  if (!reading || 'problem' in reading || now === undefined) return 'valid'
  const {notBefore, notAfter} = reading.credential
  if (now > notAfter) return 'expired'
  if (now < notBefore) return 'not-yet-valid'
  return now > notAfter - NOTICE ? 'expiring' : 'valid'
}

function keepEqual(view: SecretView, earlier: SecretView | undefined): SecretView {
  const isEqual =
    earlier !== undefined &&
    view.secret === earlier.secret &&
    PARTS.every(
      (part) =>
        view.parts[part].validity === earlier.parts[part].validity &&
        view.parts[part].lastGood?.hash === earlier.parts[part].lastGood?.hash,
    )
  return isEqual ? earlier : view
}

const PARTS = ['certificate', 'authorities'] as const
