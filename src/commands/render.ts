import {LbexCommand} from '../cli/base-command.js'
import {colourFlags, quietFlags} from '../cli/flags/console.js'
import {accessFlags} from '../cli/flags/access.js'
import {coverageFlags, inputFlags} from '../cli/flags/input.js'
import {nginxFlags} from '../cli/flags/nginx.js'
import {outputFlags} from '../cli/flags/output.js'
import {selectionFlags} from '../cli/flags/selection.js'
import {servingFlags} from '../cli/flags/serving.js'
import {trafficFlags} from '../cli/flags/traffic.js'

const flags = {
  ...accessFlags,
  ...inputFlags,
  ...coverageFlags,
  ...outputFlags,
  ...selectionFlags,
  ...servingFlags,
  ...nginxFlags,
  ...trafficFlags,
  ...quietFlags,
  ...colourFlags,
}

export default class RenderCommand extends LbexCommand {
  static override summary = 'Print the NGINX configuration for a cluster or for manifests.'

  static override description = `Reads the cluster once, as run does, or the manifests of -f. Prints the configuration to standard output as one text, each file after a line ### PATH, and diagnostics about the objects to standard error.
Manifests may lack what only a cluster has (node ports, addresses, endpoints): such an upstream is rendered with one server that is marked down.
The same manifests give the same bytes on every host, because they depend on neither the host nor its NGINX. The exceptions are --nginx-bin, --validate and --diff live. The last two also probe the listeners on this host, except those of the NGINX that lbex runs from --nginx-dir: use them as the user that lbex run runs as.
Exit code: 0 fine, 1 errors in the objects, 2 wrong usage, 3 a failure of the cluster, files or NGINX.`

  static override examples = [
    '<%= config.bin %> render --kubeconfig ~/.kube/config',
    '<%= config.bin %> render -f services.yaml',
    '<%= config.bin %> render -f manifests/ --output-dir out --validate',
    'kubectl get services,endpointslices,nodes -A -o yaml | <%= config.bin %> render -f - --complete --diff live',
  ]

  static override usage = 'render [-f PATH...] [flags]'
  static override flags = flags

  override async run(): Promise<void> {
    const {flags: values, notices} = await this.readFlags(flags)
    const {render} = await import('../cli/run/render.js')
    this.show(await render(values, notices))
  }
}
