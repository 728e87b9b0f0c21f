import {LbexCommand} from '../cli/base-command.js'
import {topFlags as flags} from '../cli/flags/top.js'

export default class TopCommand extends LbexCommand {
  static override summary = 'Show which Services have the most traffic now.'

  static override description = `Asks the lbex run of this host that serves from --nginx-dir, as the user that it runs as or as root. It must run with --traffic-metrics.
CONNECTIONS/s is the number of new connections per second, ACTIVE that of open ones; IN/s and OUT/s are the bytes per second from and to clients, of connections that ended. Rates are averages of some seconds, on all addresses of the port. A range of listen ports is one line, with its first port. If several Services share a listener, ACTIVE is ? and CONNECTIONS/s counts connections that ended.
On a terminal the table is renewed every two seconds until Ctrl-C. Otherwise it is printed once.
Exit code: 0, 2 wrong usage, 3 no lbex run serves from the folder, it does not count the traffic, or another failure.`

  static override examples = [
    '<%= config.bin %> top',
    '<%= config.bin %> top -n shop --sort-by out',
    '<%= config.bin %> top --once -o json',
  ]

  static override usage = 'top [flags]'
  static override flags = flags

  override async run(): Promise<void> {
    const {flags: values, notices} = await this.readFlags(flags)
    const {top} = await import('../cli/run/top.js')
    const {stdout} = process
    const terminal = stdout.isTTY && stdout.columns > 0 ? stdout : undefined
    for await (const report of top(values, notices, {terminal, stopping: this.stopping()})) this.show(report)
  }
}
