/** Checks that there is an NGINX that lbex supports. */
import {Failure} from '../diagnostics/failure.js'
import {Check, type Finding} from '../diagnostics/finding.js'
import {
  discoverNginx,
  type DiscoveredNginx,
  type DiscoverOptions,
} from '../dataplane/nginx/host/discover-nginx.js'

const check = new Check('nginx')

export type ProgramCheck = {readonly finding: Finding; readonly nginx?: DiscoveredNginx}

export async function checkProgram(options: DiscoverOptions): Promise<ProgramCheck> {
  try {
    const nginx = await discoverNginx(options)
    return {finding: check.ok(describe(nginx)), nginx}
  } catch (error) {
    if (error instanceof Failure) return {finding: check.failure(error)}
    throw error
  }
}

function describe({binary, capabilities: {version, plus, streamModule}}: DiscoveredNginx): string {
  const name = `NGINX ${plus ? 'Plus ' : ''}${version.join('.')}`
  return `${name} at ${binary}, stream ${streamModule === undefined ? 'built in' : `from ${streamModule}`}`
}
