/** `lbex drain`: stops an NGINX that an earlier lbex left running. */
import {existsSync} from 'node:fs'
import type {DrainFlags} from '../flags/drain.js'
import type {LogFlags} from '../flags/log.js'
import {openNginx} from '../../dataplane/nginx/nginx.js'
import {EXIT, type CommandReport} from '../../report/report.js'
import {systemClock} from '../../util/clock.js'
import {discoverOptions} from './host.js'
import {openLog} from './log.js'
import {nginxDirectory} from './nginx-directory.js'

/** Does not create the folder if it does not exist. Rejects with a Failure: `directory-locked` if an lbex uses the folder. */
export async function drain(
  flags: DrainFlags & LogFlags,
  notices: readonly string[],
): Promise<CommandReport> {
  const {process: log, nginx: nginxLog} = openLog(flags, notices)
  const directory = nginxDirectory(flags['nginx-dir'])
  if (existsSync(directory)) {
    const nginx = await openNginx({...discoverOptions(flags), directory, log: nginxLog, clock: systemClock})
    if (nginx.status().serving) await systemClock.delay(flags['pre-stop-delay'])
    log.info('draining NGINX', {directory, ...nginx.status()})
    await nginx.stop('drain', flags['shutdown-timeout'])
  }
  log.info('no process of this NGINX is running', {directory})
  return {output: '', notes: '', exitCode: EXIT.fine}
}
