import {LbexCommand} from '../cli/base-command.js'
import {inputFlags} from '../cli/flags/input.js'
import {nginxFlags} from '../cli/flags/nginx.js'
import {outputFlags} from '../cli/flags/output.js'
import {selectionFlags} from '../cli/flags/selection.js'
import {servingFlags} from '../cli/flags/serving.js'

const flags = {...inputFlags, ...outputFlags, ...selectionFlags, ...servingFlags, ...nginxFlags}

export default class Render extends LbexCommand {
  static override summary = 'Show the NGINX configuration that manifests ask for.'

  static override description = `The configuration goes to standard output as one text, each file after a line ### PATH; what is wrong with the manifests goes to standard error.
What only a cluster knows (node ports, addresses, endpoints) may be missing: such upstreams are shown with one server marked down.
Neither NGINX nor this host is asked, so that the same manifests give the same bytes everywhere, unless --nginx-bin, --validate or --diff live says so.
Exit code: 0 fine, 1 errors in the manifests, 2 wrong usage, 3 trouble with files or NGINX.`

  static override examples = [
    '<%= config.bin %> render -f services.yaml',
    '<%= config.bin %> render -f manifests/ --output-dir out --validate',
    'kubectl get services,endpointslices,nodes -A -o yaml | <%= config.bin %> render -f - --diff live',
  ]

  static override usage = 'render -f PATH... [flags]'
  static override flags = flags

  override async run(): Promise<void> {
    const {flags: values, notices} = await this.readFlags(flags)
    const {render} = await import('../app/render.js')
    this.show(await render(values, notices))
  }
}
