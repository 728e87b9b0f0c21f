import {LbexCommand} from '../cli/base-command.js'
import {drainFlags} from '../cli/flags/drain.js'
import {logFlags} from '../cli/flags/log.js'

const flags = {...drainFlags, ...logFlags}

export default class Drain extends LbexCommand {
  static override summary = 'End the NGINX that an earlier lbex left serving.'

  static override description = `What lbex run --on-stop leave, lbex run --once or an lbex that was killed has left in --nginx-dir stops accepting, finishes its connections within --shutdown-timeout, and ends. Nothing else on this host is touched. The configuration stays, for the next lbex run.
An lbex that is still at work is not disturbed: stop it instead.
Exit code: 0 nothing of NGINX is left running, 2 wrong usage, 3 trouble with the host, NGINX, or another lbex.`

  static override examples = [
    '<%= config.bin %> drain',
    '<%= config.bin %> drain --nginx-dir /srv/lbex --shutdown-timeout 5m',
  ]

  static override usage = 'drain [flags]'
  static override flags = flags

  override async run(): Promise<void> {
    const {flags: values, notices} = await this.readFlags(flags)
    const {drain} = await import('../cli/run/drain.js')
    this.show(await drain(values, notices))
  }
}
