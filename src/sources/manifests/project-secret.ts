/** Projects a v1 Secret to what lbex uses. No diagnostic quotes its data. */
import {decodeBase64, readAuthorities, readKeyPair, type SecretText} from '../../core/cluster/credentials.js'
import type {SecretContent} from '../../core/cluster/objects.js'
import {isMapping, type Field} from './fields.js'
import {readMetadata} from './metadata.js'

/** The Secret without `ref` and `origin`. As the API server does, it prefers `stringData` to `data`. */
export function projectSecret(object: Field): SecretContent {
  readMetadata(object)
  const text = (key: string): SecretText => plainText(object, key) ?? encodedText(object, key)
  return {
    type: object.get('type').string() || 'Opaque',
    certificate: readKeyPair(text('tls.crt'), text('tls.key')),
    authorities: readAuthorities(text('ca.crt')),
  }
}

function plainText(object: Field, key: string): SecretText {
  const value = valueIn(object.get('stringData'), key)
  return typeof value === 'string' ? {text: value} : undefined
}

function encodedText(object: Field, key: string): SecretText {
  const value = valueIn(object.get('data'), key)
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? decodeBase64(value) : 'not-base64'
}

function valueIn({value}: Field, key: string): unknown {
  return isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined
}
