import {LbexCommand} from '../../cli/base-command.js'
import {birdFlags} from '../../cli/flags/ha.js'

const flags = birdFlags

export default class HaBirdCommand extends LbexCommand {
  static override summary =
    'Print a configuration of BIRD that announces addresses to routers while lbex is ready (BGP).'

  static override description = `All hosts have the addresses, and routers distribute connections to those that are ready (ECMP). BFD notices within a second that a host is lost. A script asks the /readyz of lbex twice a second; a host that is not ready announces the addresses with a longer path, which routers use only if no host is ready. It needs the packages bird2 and curl. The command starts and changes no program: it says what is left to do.
A network is announced as one route, any other address as /32 or /128.
Exit code: 0 fine, 2 wrong usage, 3 a file cannot be read or written, or exists and was not written by lbex.`

  static override examples = [
    '<%= config.bin %> ha bird --address 198.51.100.10 --local-as 64513 --router-id 192.0.2.11 --neighbor 192.0.2.1=64512',
    '<%= config.bin %> ha bird --address 198.51.100.0/28 --local-as 64513 --router-id 192.0.2.11 --neighbor 192.0.2.1=64512 --password-file /etc/lbex/bgp-password --install /etc/bird',
  ]

  static override usage =
    'ha bird --address ADDRESS --local-as NUMBER --router-id ADDRESS --neighbor ADDRESS=AS [flags]'

  static override flags = flags

  override async run(): Promise<void> {
    const {flags: values, notices} = await this.readFlags(flags)
    const {haBird} = await import('../../ha/command/ha-bird.js')
    this.show(await haBird(values, notices))
  }
}
