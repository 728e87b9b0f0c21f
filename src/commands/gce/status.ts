import {LbexCommand} from '../../cli/base-command.js'
import {gceJsonFlags, gceStatusFlags, gceTargetFlags} from '../../cli/flags/gce.js'

const flags = {...gceTargetFlags, ...gceStatusFlags, ...gceJsonFlags}

export default class GceStatusCommand extends LbexCommand {
  static override summary =
    'Show a group of lbex hosts on Google Cloud: each host with its health, and recent errors.'

  static override description =
    'Exit code: 0 stable, 1 not stable or not found, 2 wrong usage, 3 a failure of gcloud.'

  static override examples = [
    '<%= config.bin %> gce status --name my-lbex --project myproject',
    '<%= config.bin %> gce status -n my-lbex -i myproject --watch',
  ]

  static override usage = 'gce status --name NAME --project PROJECT [flags]'
  static override flags = flags

  override async run(): Promise<void> {
    const {flags: values, notices} = await this.readFlags(flags)
    const {gceStatus} = await import('../../gce/command/gce-status.js')
    this.show(await gceStatus(values, notices))
  }
}
