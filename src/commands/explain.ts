import {Args} from '@oclif/core'
import {LbexCommand} from '../cli/base-command.js'
import {quietFlags} from '../cli/flags/console.js'
import {accessFlags} from '../cli/flags/access.js'
import {explainFlags} from '../cli/flags/explain.js'
import {coverageFlags, inputFlags} from '../cli/flags/input.js'
import {nginxFlags} from '../cli/flags/nginx.js'
import {selectionFlags} from '../cli/flags/selection.js'
import {servingFlags} from '../cli/flags/serving.js'
import {trafficFlags} from '../cli/flags/traffic.js'

const {'service-name': _, ...selection} = selectionFlags
const flags = {
  ...accessFlags,
  ...inputFlags,
  ...coverageFlags,
  ...explainFlags,
  ...selection,
  ...servingFlags,
  ...nginxFlags,
  ...trafficFlags,
  ...quietFlags,
}

export default class ExplainCommand extends LbexCommand {
  static override summary = 'Explain why a Service is or is not served.'

  static override description = `Asks the lbex run of this host that serves from --nginx-dir. If none does, or with -f, --kubeconfig, --proxy or --gke-cluster on the command line, it reads the manifests or the cluster once, as run does, and translates all Services. Prints what selects the Service or does not, each of its ports with its listeners, servers and skipped endpoints, and the diagnostics about it; of a running lbex also since when it serves them.
Without a running lbex, use the flags of lbex run; without --probe the ports that other programs on this host hold are then not known.
Exit code: 0 every exposed port is served, 1 a port is not served or there are errors, 2 wrong usage (also: no Service has the name), 3 a failure of the cluster, files or NGINX.`

  static override examples = [
    '<%= config.bin %> explain shop/web',
    '<%= config.bin %> explain shop/web --kubeconfig ~/.kube/config',
    '<%= config.bin %> explain web -f manifests/',
    'kubectl get services,endpointslices,nodes -A -o yaml | <%= config.bin %> explain shop/web -f - --complete --json',
  ]

  static override usage = 'explain [NAMESPACE/]NAME [-f PATH...] [flags]'
  static override args = {
    service: Args.string({description: 'The Service: NAMESPACE/NAME, or NAME if only one Service has it.'}),
  }

  static override strict = false
  static override flags = flags

  override async run(): Promise<void> {
    const {flags: values, words, notices} = await this.readFlagsAndWords(flags)
    const {explain} = await import('../cli/run/explain.js')
    const asks = !(await this.namesSource(flags))
    this.show(await explain(values, words, notices, {asks}))
  }
}
