/** `lbex drain`: ends the NGINX that an lbex which is gone has left serving. */
import {existsSync} from 'node:fs'
import type {DrainFlags} from '../flags/drain.js'
import type {LogFlags} from '../flags/log.js'
import {openNginx} from '../../dataplane/nginx/nginx.js'
import {EXIT, type Report} from '../../report/report.js'
import {systemClock} from '../../util/clock.js'
import {discoverOptions} from './host.js'
import {openLog} from './log.js'
import {nginxDirectory} from './nginx-directory.js'

/** Makes no folder where there is none. Rejects with a Failure, `directory-locked` where an lbex is at work. */
export async function drain(flags: DrainFlags & LogFlags, notices: readonly string[]): Promise<Report> {
  const {process: log, nginx: nginxLog} = openLog(flags, notices)
  const directory = nginxDirectory(flags['nginx-dir'])
  if (existsSync(directory)) {
    const nginx = await openNginx({...discoverOptions(flags), directory, log: nginxLog, clock: systemClock})
    if (nginx.status().serving) await systemClock.delay(flags['pre-stop-delay'])
    log.info('NGINX is to finish its connections', {directory, ...nginx.status()})
    await nginx.stop('drain', flags['shutdown-timeout'])
  }
  log.info('nothing of NGINX is left running', {directory})
  return {output: '', notes: '', exitCode: EXIT.fine}
}
