import {LbexCommand} from '../../cli/base-command.js'
import {keepalivedFlags} from '../../cli/flags/ha.js'

const flags = keepalivedFlags

export default class HaKeepalivedCommand extends LbexCommand {
  static override summary =
    'Print a configuration of keepalived that moves addresses between hosts that run lbex (VRRP).'

  static override description = `One of the hosts has the addresses. keepalived asks the /readyz of lbex every second, and moves the addresses if lbex is not ready for two seconds, if the host is lost, and before a planned stop of lbex. It needs the packages keepalived and curl. The command starts and changes no program: it says what is left to do.
Exit code: 0 fine, 2 wrong usage, 3 a file cannot be written, or exists and was not written by lbex.`

  static override examples = [
    '<%= config.bin %> ha keepalived --address 192.0.2.10 --interface eth0 --peer 192.0.2.11 --peer 192.0.2.12',
    '<%= config.bin %> ha keepalived --address 192.0.2.16/28 --address 2001:db8::10 --interface eth0 --install /etc/keepalived',
  ]

  static override usage = 'ha keepalived --address ADDRESS --interface NAME [flags]'
  static override flags = flags

  override async run(): Promise<void> {
    const {flags: values, notices} = await this.readFlags(flags)
    const {haKeepalived} = await import('../../ha/command/ha-keepalived.js')
    this.show(await haKeepalived(values, notices))
  }
}
