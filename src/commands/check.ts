import {Args} from '@oclif/core'
import {LbexCommand} from '../cli/base-command.js'
import {colourFlags, quietFlags} from '../cli/flags/console.js'
import {checkFlags} from '../cli/flags/check.js'
import {selectionFlags} from '../cli/flags/selection.js'
import {servingFlags} from '../cli/flags/serving.js'

const flags = {...checkFlags, ...selectionFlags, ...servingFlags, ...quietFlags, ...colourFlags}

export default class CheckCommand extends LbexCommand {
  static override summary = 'Check the Services in manifests before they are applied.'

  static override description = `Applies the same rules as run and render: a Service without findings is served, and a Service that run would refuse is reported. Fields that the cluster sets later (node ports, cluster IPs, endpoints) may be missing. Needs no cluster, no NGINX and no network.
Templates of Helm charts and patches of kustomizations are skipped with a note: pipe in the output of helm template or kustomize build. Without --service-pool, --strict-affinity and --anti-affinity the Services of all pools are checked, each as by an lbex of its pool.
Findings are ignored by a comment (# lbex-ignore CODE -- reason, # lbex-ignore-next-line CODE), by the annotation check.lbex/ignore: "CODE, CODE" on a Service, or by .lbex.yaml.
Exit code: 0 no findings of --fail-on or worse, 1 such findings, 2 wrong usage (also: a path that matches no file, or no Service in any file), 3 a file cannot be read.`

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
