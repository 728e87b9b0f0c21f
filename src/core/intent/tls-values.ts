/** Parses the values of the settings of TLS. */

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/
const LONGEST_NAME = 253

/** Undefined if the text is not a valid name of a Secret. */
export function parseSecretName(text: string): string | undefined {
  return text.length <= LONGEST_NAME && NAME.test(text) ? text : undefined
}

/** How NGINX uses TLS to the backends; `secret`: the name of the Secret with the authorities. */
export type BackendTls = 'off' | 'insecure' | {readonly secret: string}

/** Undefined if the text is not valid. */
export function parseBackendTls(text: string): BackendTls | undefined {
  if (text === 'off' || text === 'insecure') return text
  const [, name = ''] = /^verify +(\S+)$/.exec(text) ?? []
  const secret = parseSecretName(name)
  return secret === undefined ? undefined : {secret}
}
