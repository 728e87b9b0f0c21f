import {LbexCommand} from '../cli/base-command.js'
import {accessFlags} from '../cli/flags/access.js'
import {daemonFlags} from '../cli/flags/daemon.js'
import {inputFlags} from '../cli/flags/input.js'
import {logFlags} from '../cli/flags/log.js'
import {nginxFlags} from '../cli/flags/nginx.js'
import {selectionFlags} from '../cli/flags/selection.js'
import {servingFlags} from '../cli/flags/serving.js'

const flags = {
  ...accessFlags,
  ...inputFlags,
  ...daemonFlags,
  ...selectionFlags,
  ...servingFlags,
  ...nginxFlags,
  ...logFlags,
}

export default class Run extends LbexCommand {
  static override summary =
    'Serve the Services of a cluster, or of manifests, with NGINX on this host, and keep it right.'

  static override description = `Reads Services, EndpointSlices and Nodes from the API server, configures and starts NGINX (or adopts the one that an earlier lbex left running), and follows every change until it is stopped. One way to the API server is tried: --proxy, else --kubeconfig, else --gke-cluster, else the service account of the Pod. While the API server is away, the last good configuration is served.
With -f the objects are read from files instead, which are to be complete: Services with what the cluster allocated, EndpointSlices and Nodes.
SIGTERM and SIGINT stop lbex as --on-stop says; a second signal ends it at once and leaves NGINX serving. SIGHUP has it read manifests and credentials again and retry at once what failed; from a terminal that closes it is a stop.
Exit code: 0 fine, 1 errors in the objects (with --once), 2 wrong usage, 3 trouble with the cluster, files, the host or NGINX.`

  static override examples = [
    '<%= config.bin %> run --kubeconfig /etc/lbex/kubeconfig',
    '<%= config.bin %> run -f services.yaml --once',
    '<%= config.bin %> run -f manifests/ --on-stop leave --health-port 7332',
  ]

  static override usage = 'run [-f PATH...] [flags]'
  static override flags = flags

  override async run(): Promise<void> {
    const {flags: values, notices} = await this.readFlags(flags)
    const {run} = await import('../cli/run/run.js')
    this.show(await run(values, notices))
  }
}
