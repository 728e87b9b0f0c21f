import {LbexCommand} from '../cli/base-command.js'
import {drainFlags} from '../cli/flags/drain.js'
import {logFlags} from '../cli/flags/log.js'

const flags = {...drainFlags, ...logFlags}

export default class DrainCommand extends LbexCommand {
  static override summary = 'Stop an NGINX that an earlier lbex left running.'

  static override description = `Drains the NGINX of --nginx-dir that lbex run --on-stop leave, lbex run --once or a killed lbex left running: it stops accepting connections, finishes those it has within --shutdown-timeout, and exits. Nothing else on this host is changed. The configuration stays for the next lbex run.
If an lbex is running on --nginx-dir, nothing is drained: stop that lbex instead.
Exit code: 0 no process of this NGINX is running, 2 wrong usage, 3 a failure of the host or NGINX, or another lbex is running.`

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
