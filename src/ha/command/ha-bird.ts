/** `lbex ha bird`: prints or installs a configuration of BIRD. */
import {readFile} from 'node:fs/promises'
import type {BirdFlags} from '../../cli/flags/ha.js'
import {templatesFolder} from '../../cli/run/package.js'
import {UsageError} from '../../cli/usage-error.js'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import type {CommandReport} from '../../report/report.js'
import {birdFiles} from '../bird.js'
import {haReport, readyzOf, requireFlags} from './ha-report.js'

/** Where the package bird2 of Debian has its configuration. */
const USUAL_FOLDER = '/etc/bird'

/** `notices` are sentences about the command line, for stderr. Rejects with a UsageError or a Failure. */
export async function haBird(flags: BirdFlags, notices: readonly string[]): Promise<CommandReport> {
  requireFlags(flags, ['address', 'local-as', 'router-id', 'neighbor'], 'bird')
  const {address = [], neighbor = [], install} = flags
  const passwordFile = flags['password-file']
  const password = passwordFile === undefined ? undefined : await readPassword(passwordFile)
  const options = {
    ...{addresses: address, neighbors: neighbor, password},
    localAs: flags['local-as'] ?? 0,
    routerId: flags['router-id'] ?? '',
    readyz: readyzOf({address: flags['health-address'], port: flags['health-port']}),
    folder: install ?? USUAL_FOLDER,
  }
  const files = await birdFiles(options, templatesFolder())
  return haReport({files, install, steps: stepsFor(install ?? '', password !== undefined), notices})
}

/** The first line, which must be the only one. The error does not show it. */
async function readPassword(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Failure(`the password cannot be read: ${messageOf(error)}`, {code: 'ha-password', cause: error})
  })
  const password = text.replace(/\r?\n$/, '')
  if (/^[\x20-\x7e]{1,80}$/.test(password) && !/["\\$]/.test(password)) return password
  throw new UsageError(
    `--password-file ${path} must contain one line with 1 to 80 printable ASCII characters, without quotes, backslashes and $`,
  )
}

function stepsFor(folder: string, isSecret: boolean): string[] {
  return [
    'sudo apt-get install bird2 curl',
    ...(isSecret ? [`sudo chgrp bird ${folder}/bird.conf`] : []),
    `sudo bird -p -c ${folder}/bird.conf`,
    'let lbex run keep serving until the routers know: --pre-stop-delay 5s',
    'with lbex run --listen-address: sudo sysctl -w net.ipv4.ip_nonlocal_bind=1 net.ipv6.ip_nonlocal_bind=1',
    'sudo systemctl enable --now bird',
    'sudo systemctl reload bird',
    `sudo systemctl enable --now ${folder}/lbex-announce.service`,
    'do the same on the other hosts, each with its own --router-id',
  ]
}
