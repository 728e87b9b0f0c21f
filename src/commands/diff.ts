import {LbexCommand} from '../cli/base-command.js'
import {colourFlags, quietFlags} from '../cli/flags/console.js'
import {accessFlags} from '../cli/flags/access.js'
import {coverageFlags, inputFlags} from '../cli/flags/input.js'
import {nginxFlags} from '../cli/flags/nginx.js'
import {selectionFlags} from '../cli/flags/selection.js'
import {servingFlags} from '../cli/flags/serving.js'
import {trafficFlags} from '../cli/flags/traffic.js'

const flags = {
  ...accessFlags,
  ...inputFlags,
  ...coverageFlags,
  ...selectionFlags,
  ...servingFlags,
  ...trafficFlags,
  ...nginxFlags,
  ...quietFlags,
  ...colourFlags,
}

export default class DiffCommand extends LbexCommand {
  static override summary =
    'Print what lbex would change in the configuration that NGINX serves from --nginx-dir.'

  static override description = `Reads a cluster or manifests once and compares their configuration with the one that is served, as render --diff live --exit-code does. It changes nothing. Use the flags of lbex run, and the user that lbex runs as. Manifests of a repository lack what only a cluster has: add --complete for the output of kubectl get.
Exit code: 0 no difference, 1 a difference, 2 wrong usage, 3 a failure: nothing is served, or a failure of the cluster, files or NGINX.`

  static override examples = [
    '<%= config.bin %> diff --kubeconfig /etc/lbex/kubeconfig',
    'kubectl get services,endpointslices,nodes -A -o yaml | <%= config.bin %> diff -f - --complete',
  ]

  static override usage = 'diff [-f PATH...] [flags]'
  static override flags = flags

  override async run(): Promise<void> {
    const {flags: values, notices} = await this.readFlags(flags)
    const {diff} = await import('../cli/run/diff.js')
    this.show(await diff(values, notices))
  }
}
