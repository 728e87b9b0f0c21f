/** The NGINX that tests use: found or fetched once. */
import {discoverNginx, type DiscoveredNginx} from '../../src/dataplane/nginx/host/discover-nginx.js'

type Script = {getNginx: () => Promise<{binary: string; modulePath?: string}>}

let found: Promise<DiscoveredNginx> | undefined

export function testNginx(): Promise<DiscoveredNginx> {
  found ??= find()
  return found
}

async function find(): Promise<DiscoveredNginx> {
  const script = new URL('../../scripts/get-nginx.mjs', import.meta.url).href
  const {getNginx} = (await import(script)) as Script
  return discoverNginx(await getNginx())
}
