import {LbexCommand} from '../cli/base-command.js'
import {quietFlags} from '../cli/flags/console.js'
import {accessFlags} from '../cli/flags/access.js'
import {inputFlags} from '../cli/flags/input.js'
import {nginxFlags} from '../cli/flags/nginx.js'
import {publishFlags} from '../cli/flags/publish.js'
import {selectionFlags} from '../cli/flags/selection.js'
import {servingFlags} from '../cli/flags/serving.js'
import {bundleFlags, flagsOfDoctor} from '../cli/flags/support-bundle.js'

const flags = {
  ...bundleFlags,
  ...accessFlags,
  ...inputFlags,
  ...flagsOfDoctor,
  ...selectionFlags,
  ...servingFlags,
  ...nginxFlags,
  ...publishFlags,
  ...quietFlags,
}

export default class SupportBundleCommand extends LbexCommand {
  static override summary = 'Collect what is needed to look into a problem of lbex, in one archive.'

  static override description = `Asks the lbex run of this host that serves from --nginx-dir, as the user that it runs as or as root, and reads its files. The archive has the state and the debug state of lbex, its metrics, the NGINX configuration, the end of NGINX's error log, the versions of lbex, NGINX, Node.js and the kernel, and what lbex doctor finds. What cannot be read is listed as missing, for example if no lbex runs.
It has no Secrets, private keys, tokens or kubeconfigs, and no addresses of clients. It does have the names of Services, the addresses of servers and listeners, the source ranges of Services, and what diagnostics say: look at it before you send it to others.
The files are listed with their sizes in bytes first. The archive is written when you answer yes, or with --yes; only your user may read it.
Use the flags of lbex run, as for lbex doctor.
Exit code: 0 the archive was written, 1 it was not confirmed, 2 wrong usage (also: --yes is missing and standard input is not a terminal), 3 it cannot be written.`

  static override examples = [
    '<%= config.bin %> support-bundle',
    '<%= config.bin %> support-bundle --yes --file /tmp/lbex.tar.gz',
  ]

  static override usage = 'support-bundle [--file NAME.tar.gz] [flags]'
  static override flags = flags

  override async run(): Promise<void> {
    const {flags: values, notices} = await this.readFlags(flags)
    const {supportBundle} = await import('../doctor/bundle/support-bundle.js')
    this.show(await supportBundle(values, notices))
  }
}
