/** `--proxy URL`: a server that needs no credentials, such as `kubectl proxy`. */
import {Failure} from '../diagnostics/failure.js'
import type {CredentialSource} from './credentials.js'

/** Throws a Failure if `url` is not valid. A user name and password in it are sent as basic authentication. */
export function proxyCredentials(url: string): CredentialSource {
  const server = parseServer(url)
  const headers = {...(server.username && {authorization: basic(server)})}
  return {through: '--proxy', load: async () => ({server, headers, tls: {}})}
}

function parseServer(url: string): URL {
  const server = URL.canParse(url) ? new URL(url) : undefined
  if (server && /^https?:$/.test(server.protocol)) return server
  const shown = JSON.stringify(url.replace(/\/\/[^/]*@/, '//'))
  throw new Failure(`--proxy ${shown} is not a valid URL of a server`, {
    code: 'proxy-invalid',
    hint: 'include the scheme: --proxy http://127.0.0.1:8001',
  })
}

function basic({username, password}: URL): string {
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}
