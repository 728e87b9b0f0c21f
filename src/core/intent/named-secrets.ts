/** Which Secrets Services name. lbex reads no other Secret. */
import type {SecretName, Service} from '../cluster/objects.js'
import {ANNOTATIONS} from './annotations.js'
import type {IntentOptions} from './options.js'
import {selectionOf} from './select.js'
import {parsePortSettingKey} from './setting-keys.js'
import {parseBackendTls, parseSecretName} from './tls-values.js'

type Named = Pick<Service, 'ref' | 'annotations'>

/** The Secrets that the annotations of the Service name, sorted, each once. */
export function secretsNamedBy({annotations, ref: {namespace}}: Named): readonly SecretName[] {
  const names = new Set<string>()
  for (const [key, value] of Object.entries(annotations)) {
    if (!key.startsWith(PREFIX)) continue
    const name = PARSERS.get(parsePortSettingKey(key)?.entry.key ?? key)?.(value)
    if (name !== undefined) names.add(name)
  }
  return names.size === 0 ? NONE : [...names].sort().map((name) => ({namespace, name}))
}

const NONE: readonly SecretName[] = []
const PREFIX = 'loadbalancer.lbex/tls-'

const PARSERS = new Map<string, (text: string) => string | undefined>([
  [ANNOTATIONS.tlsSecret.key, parseSecretName],
  [ANNOTATIONS.tlsClientCaSecret.key, parseSecretName],
  [
    ANNOTATIONS.tlsToBackend.key,
    (text) => {
      const value = parseBackendTls(text)
      return typeof value === 'object' ? value.secret : undefined
    },
  ],
])

/** Returns a function that returns the Secrets that the served ones of the Services name, each once, those of the oldest first. */
export function secretReader(
  options: IntentOptions,
): (services: readonly Service[]) => readonly SecretName[] {
  const known = new WeakMap<Service, readonly SecretName[]>()
  const secretsOf = (service: Service): readonly SecretName[] => {
    const named = known.get(service) ?? servedSecrets(service, options)
    known.set(service, named)
    return named
  }
  return (services) => {
    const naming = services.filter((service) => secretsOf(service).length > 0).sort(byAge)
    const all = naming.flatMap(secretsOf)
    return [...new Map(all.map((each) => [`${each.namespace}/${each.name}`, each])).values()]
  }
}

function servedSecrets(service: Service, options: IntentOptions): readonly SecretName[] {
  const named = secretsNamedBy(service)
  const isServed = named.length > 0 && selectionOf(service, options, () => {}) === 'selected'
  return isServed ? named : NONE
}

function byAge(a: Service, b: Service): number {
  return placeOf(a) < placeOf(b) ? -1 : 1
}

/** The time has the same length in all Services; those without it come last. */
function placeOf({creationTimestamp = '~', ref: {namespace, name}}: Service): string {
  return `${creationTimestamp} ${namespace}/${name}`
}
