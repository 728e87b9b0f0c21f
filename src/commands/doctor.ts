import {LbexCommand} from '../cli/base-command.js'
import {colourFlags, quietFlags} from '../cli/flags/console.js'
import {accessFlags} from '../cli/flags/access.js'
import {doctorFlags} from '../cli/flags/doctor.js'
import {inputFlags} from '../cli/flags/input.js'
import {nginxFlags} from '../cli/flags/nginx.js'
import {publishFlags} from '../cli/flags/publish.js'
import {selectionFlags} from '../cli/flags/selection.js'
import {servingFlags} from '../cli/flags/serving.js'

const flags = {
  ...accessFlags,
  ...inputFlags,
  ...doctorFlags,
  ...selectionFlags,
  ...servingFlags,
  ...nginxFlags,
  ...publishFlags,
  ...quietFlags,
  ...colourFlags,
}

export default class DoctorCommand extends LbexCommand {
  static override summary = 'Find out what prevents lbex run from serving on this host, and how to fix it.'

  static override description = `Checks NGINX and its folder, the ports of Services, capabilities and limits of this host, the API server and the permissions that it grants, and whether a few of the backends can be reached. It changes nothing and can be used while lbex runs.
Use the flags of lbex run, and the user that lbex runs as: another user may have other permissions.
Each finding is ok, a warning (lbex serves, but something could be better), a problem, or unknown (it could not be checked).
Exit code: 0 no problem, 1 a problem, 2 wrong usage, 3 no problem found but not everything could be checked.`

  static override examples = [
    '<%= config.bin %> doctor --kubeconfig /etc/lbex/kubeconfig',
    '<%= config.bin %> doctor -f services.yaml --json',
    'kubectl -n lbex exec deploy/lbex -- <%= config.bin %> doctor',
  ]

  static override usage = 'doctor [-f PATH...] [flags]'
  static override flags = flags

  override async run(): Promise<void> {
    const {flags: values, notices} = await this.readFlags(flags)
    const {doctor} = await import('../doctor/command/doctor.js')
    this.show(await doctor(values, notices))
  }
}
