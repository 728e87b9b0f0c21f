import {LbexCommand} from '../cli/base-command.js'
import {versionFlags} from '../cli/flags/version.js'

export default class VersionCommand extends LbexCommand {
  static override summary = 'Print the versions of lbex and Node.js.'

  static override description =
    'Reads neither a cluster nor NGINX: lbex doctor shows the version of NGINX, and lbex status the one of the lbex that runs.'

  static override examples = ['<%= config.bin %> version', '<%= config.bin %> version -o json']
  static override usage = 'version [flags]'
  static override flags = versionFlags

  override async run(): Promise<void> {
    const {flags} = await this.readFlags(versionFlags)
    const {versionReport} = await import('../cli/version-report.js')
    const {version, platform, arch} = this.config
    this.show(
      versionReport({lbex: version, node: process.version, platform: `${platform}-${arch}`}, flags.output),
    )
  }
}
