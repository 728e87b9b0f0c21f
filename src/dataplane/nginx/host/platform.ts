import {Failure} from '../../../diagnostics/failure.js'

/** Throws the Failure `platform-unsupported`: processes and sockets are looked at as only Linux shows them. */
export function requireLinux(platform: NodeJS.Platform = process.platform): void {
  if (platform === 'linux') return
  throw new Failure(`lbex runs NGINX on Linux only, this is ${platform}`, {
    code: 'platform-unsupported',
    hint: 'lbex render and lbex check work everywhere',
  })
}
