import {Failure} from '../../../diagnostics/failure.js'

/** Throws the Failure `platform-unsupported`: lbex reads processes and sockets from /proc, which only Linux has. */
export function requireLinux(platform: NodeJS.Platform = process.platform): void {
  if (platform === 'linux') return
  throw new Failure(`lbex runs NGINX on Linux only, this is ${platform}`, {
    code: 'platform-unsupported',
    hint: 'lbex render and lbex check work everywhere',
  })
}
