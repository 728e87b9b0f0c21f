import {LbexCommand} from '../../cli/base-command.js'
import {gceDownFlags, gceJsonFlags, gcePlanFlags, gceTargetFlags} from '../../cli/flags/gce.js'

const flags = {...gceTargetFlags, ...gceDownFlags, ...gcePlanFlags, ...gceJsonFlags}

export default class GceDownCommand extends LbexCommand {
  static override summary =
    'Delete a group of lbex hosts on Google Cloud, and everything that lbex created for it.'

  static override description = `Deletes the resources that lbex gce up created for this name in this region, by exact name, and nothing else. It also works if some of them are already gone. Asks for confirmation first, unless --yes is given.
Exit code: 0 nothing is left, 1 something is left (it is listed), 2 wrong usage, 3 a failure of gcloud, 130 Ctrl-C.`

  static override examples = [
    '<%= config.bin %> gce down --name my-lbex --project myproject',
    '<%= config.bin %> gce down -n my-lbex -i myproject -r europe-west1 --yes',
    '<%= config.bin %> gce down -n my-lbex -i myproject --dry-run',
  ]

  static override usage = 'gce down --name NAME --project PROJECT [flags]'
  static override flags = flags

  override async run(): Promise<void> {
    const {flags: values, notices} = await this.readFlags(flags)
    const {gceDown} = await import('../../gce/command/gce-down.js')
    this.show(await gceDown(values, notices))
  }
}
