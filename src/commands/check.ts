import {Args} from '@oclif/core'
import {LbexCommand} from '../cli/base-command.js'
import {checkFlags} from '../cli/flags/check.js'
import {selectionFlags} from '../cli/flags/selection.js'
import {servingFlags} from '../cli/flags/serving.js'

const flags = {...checkFlags, ...selectionFlags, ...servingFlags}

export default class Check extends LbexCommand {
  static override summary = 'Find what is wrong with the Services of manifests, before they are applied.'

  static override description = `The judgement is that of run and render: what passes is served, and what would be refused at run time is found. Only what the author wrote counts: what a cluster adds later (node ports, cluster IPs, endpoints) may be missing. Neither a cluster nor NGINX nor the network is asked.
Templates of Helm charts and patches of kustomizations are passed over with a note: pipe in what helm template and kustomize build print. Without --service-pool, --strict-affinity and --anti-affinity the Services of every pool are judged, each as an lbex of its pool judges it.
Findings are ignored by a comment (# lbex-ignore CODE -- reason, # lbex-ignore-next-line CODE), by the annotation check.lbex/ignore: "CODE, CODE" on a Service, or by .lbex.yaml.
Exit code: 0 fine, 1 findings of --fail-on or worse, 2 wrong usage (also: a path that leads to no file, or no Service in any file), 3 a file that cannot be read.`

  static override examples = [
    '<%= config.bin %> check manifests/',
    'helm template ./chart | <%= config.bin %> check -',
    '<%= config.bin %> check manifests/ --format text --format sarif=lbex.sarif --fail-on warning',
    '<%= config.bin %> check manifests/ --fix',
    '<%= config.bin %> check --explain port-unknown',
  ]

  static override usage = 'check PATH... [flags]'
  static override args = {
    path: Args.string({
      description: 'A file, a folder (with its subfolders), a glob pattern, or - for standard input.',
    }),
  }

  static override strict = false
  static override flags = flags

  override async run(): Promise<void> {
    const {flags: values, words, notices} = await this.readFlagsAndWords(flags)
    const {check} = await import('../lint/command/check.js')
    this.show(await check(values, words, notices))
  }
}
