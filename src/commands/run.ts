import {LbexCommand} from '../cli/base-command.js'
import {accessFlags} from '../cli/flags/access.js'
import {daemonFlags} from '../cli/flags/daemon.js'
import {inputFlags} from '../cli/flags/input.js'
import {logFlags} from '../cli/flags/log.js'
import {nginxFlags} from '../cli/flags/nginx.js'
import {publishFlags} from '../cli/flags/publish.js'
import {selectionFlags} from '../cli/flags/selection.js'
import {servingFlags} from '../cli/flags/serving.js'
import {trafficFlags, trafficOutputFlags} from '../cli/flags/traffic.js'
import {uiFlags} from '../cli/flags/ui.js'

const flags = {
  ...accessFlags,
  ...inputFlags,
  ...daemonFlags,
  ...selectionFlags,
  ...servingFlags,
  ...publishFlags,
  ...nginxFlags,
  ...trafficFlags,
  ...trafficOutputFlags,
  ...uiFlags,
  ...logFlags,
}

export default class RunCommand extends LbexCommand {
  static override summary =
    'Serve the Services of a cluster, or of manifests, with NGINX on this host, and follow their changes.'

  static override description = `Reads Services, EndpointSlices and Nodes from the API server, configures and starts NGINX (or adopts one that an earlier lbex left running), and follows all changes until it is stopped. It connects to the API server with the first of these that is given: --proxy, --kubeconfig, --gke-cluster; otherwise with the service account of its Pod. While the API server cannot be reached, NGINX serves the last good configuration.
With -f it reads the objects from files instead. The files must be complete: Services with the fields that the cluster sets, EndpointSlices and Nodes.
SIGTERM and SIGINT stop lbex as --on-stop says; after a second signal lbex exits at once and NGINX keeps serving. On SIGHUP lbex reads manifests and credentials again and retries at once what failed; if lbex runs on a terminal, SIGHUP stops it.
Exit code: 0 fine, 1 errors in the objects (with --once), 2 wrong usage, 3 a failure of the cluster, files, the host or NGINX.`

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
