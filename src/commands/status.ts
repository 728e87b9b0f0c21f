import {Args} from '@oclif/core'
import {LbexCommand} from '../cli/base-command.js'
import {quietFlags} from '../cli/flags/console.js'
import {accessFlags} from '../cli/flags/access.js'
import {coverageFlags, inputFlags} from '../cli/flags/input.js'
import {nginxFlags} from '../cli/flags/nginx.js'
import {selectionFlags} from '../cli/flags/selection.js'
import {servingFlags} from '../cli/flags/serving.js'
import {statusFlags} from '../cli/flags/status.js'

const {'service-name': _, ...selection} = selectionFlags
const flags = {
  ...statusFlags,
  ...accessFlags,
  ...inputFlags,
  ...coverageFlags,
  ...selection,
  ...servingFlags,
  ...nginxFlags,
  ...quietFlags,
}

export default class StatusCommand extends LbexCommand {
  static override summary = 'Show what lbex serves: each listener with its servers, its state and the reason.'

  static override description = `Asks the lbex run of this host that serves from --nginx-dir, as the user that it runs as or as root. With -f, --kubeconfig, --proxy or --gke-cluster on the command line it shows instead what lbex run would serve, with the flags of lbex run; the ports that other programs hold are known with --probe only.
Names of Services are NAME or NAMESPACE/NAME. SERVERS is the number of servers that pass their active check, and of all servers; a server without a check counts as healthy.
With lbex run --traffic-metrics, CONNECTIONS is the number of open connections, and RATE that of new ones per second: an average of some seconds, on all addresses and ports of the listener. If several Services share a listener, CONNECTIONS is ? and RATE counts connections that ended.
A listener is served, or the reason says why not: no-backend (there is no server), unavailable (this host cannot listen there), conflict (another Service has it), rejected (NGINX rejects the Service).
Exit code: 0 all Services are served as requested, 1 a Service is not, 2 wrong usage (also: an unknown name), 3 no lbex run serves from the folder, or another failure.`

  static override examples = [
    '<%= config.bin %> status',
    '<%= config.bin %> status -n shop -o wide --watch',
    '<%= config.bin %> status shop/web -o json',
    '<%= config.bin %> status --kubeconfig ~/.kube/config',
  ]

  static override usage = 'status [[NAMESPACE/]NAME...] [flags]'
  static override args = {service: Args.string({description: 'The Services to show. Default: all.'})}
  static override strict = false
  static override flags = flags

  override async run(): Promise<void> {
    const {flags: values, words, notices} = await this.readFlagsAndWords(flags)
    const asks = !(await this.namesSource(flags))
    const {status} = await import('../cli/run/status.js')
    for await (const report of status(values, words, notices, {asks, stopping: this.stopping()}))
      this.show(report)
  }
}
