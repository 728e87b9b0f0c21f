/** Projects a v1 Secret of the API to what lbex uses. */
import {decodeBase64, readAuthorities, readKeyPair, type SecretText} from '../../core/cluster/credentials.js'
import type {Secret, SecretName} from '../../core/cluster/objects.js'
import type {RawObject} from '../../kube/answers.js'

export function projectSecret({namespace, name}: SecretName, {type, data}: RawObject): Secret {
  const values = typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {}
  const text = (key: string): SecretText => {
    const value = Object.hasOwn(values, key) ? values[key] : undefined
    if (value === undefined || value === null) return undefined
    return typeof value === 'string' ? decodeBase64(value) : 'not-base64'
  }
  return {
    ref: {kind: 'Secret', namespace, name},
    type: typeof type === 'string' ? type : '',
    certificate: readKeyPair(text('tls.crt'), text('tls.key')),
    authorities: readAuthorities(text('ca.crt')),
  }
}
