/** The NGINX that tests use: the one of this machine, and those of other suites of Debian. */
import type * as Declared from '../../scripts/get-nginx.mjs'
import {discoverNginx, type DiscoveredNginx} from '../../src/dataplane/nginx/host/discover-nginx.js'

type Script = typeof Declared

let found: Promise<DiscoveredNginx> | undefined

/** Found, or fetched once. */
export function testNginx(): Promise<DiscoveredNginx> {
  found ??= find()
  return found
}

async function find(): Promise<DiscoveredNginx> {
  const {getNginx} = await script()
  return discoverNginx(await getNginx())
}

/** Suites of Debian: NGINX 1.26 with njs 0.8.9, and the newest NGINX with the newest njs. */
export const NGINX_SUITES = ['trixie', 'sid'] as const

/**
 * The NGINX of a suite, or the reason for which tests that need it are skipped. Fetches nothing, so that tests do not wait for
 * a network: `npm run setup` does.
 */
export async function nginxOf(
  suite: (typeof NGINX_SUITES)[number],
): Promise<DiscoveredNginx | {readonly reason: string}> {
  const {nginxOf: lookUp} = await script()
  const nginx = await lookUp(suite)
  return 'reason' in nginx ? nginx : discoverNginx(nginx)
}

/** By its address, because tests run from other folders too. */
async function script(): Promise<Script> {
  return (await import(new URL('../../scripts/get-nginx.mjs', import.meta.url).href)) as Script
}
