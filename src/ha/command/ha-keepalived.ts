/** `lbex ha keepalived`: prints or installs a configuration of keepalived. */
import {networkInterfaces} from 'node:os'
import type {KeepalivedFlags} from '../../cli/flags/ha.js'
import {templatesFolder} from '../../cli/run/package.js'
import type {CommandReport} from '../../report/report.js'
import {keepalivedFiles} from '../keepalived.js'
import {haReport, readyzOf, requireFlags} from './ha-report.js'

/** Not `keepalived --config-test`: version 2.2.7 ends it with SIGTERM if script_user is not root. */
const STEPS = [
  'sudo apt-get install keepalived curl',
  'let lbex run keep serving until the addresses have moved: --pre-stop-delay 5s',
  'with lbex run --listen-address: sudo sysctl -w net.ipv4.ip_nonlocal_bind=1 net.ipv6.ip_nonlocal_bind=1',
  'sudo systemctl enable keepalived',
  'sudo systemctl reload-or-restart keepalived',
  'do the same on the other hosts of the group',
]

/**
 * `notices` are sentences about the command line, for stderr. `own`: the addresses of this host. Rejects with a UsageError or a
 * Failure.
 */
export async function haKeepalived(
  flags: KeepalivedFlags,
  notices: readonly string[],
  own: ReadonlySet<string> = ownAddresses(),
): Promise<CommandReport> {
  requireFlags(flags, ['address', 'interface'], 'keepalived')
  const {address = [], interface: name = '', peer = [], priority, install} = flags
  const options = {
    ...{addresses: address, interface: name, peers: peer, priority, own},
    virtualRouterId: flags['virtual-router-id'],
    readyz: readyzOf({address: flags['health-address'], port: flags['health-port']}),
  }
  const files = await keepalivedFiles(options, templatesFolder())
  return haReport({files, install, steps: STEPS, notices})
}

function ownAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return new Set(all.map(({address}) => address))
}
