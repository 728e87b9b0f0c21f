import {LbexCommand} from '../../cli/base-command.js'
import {gceJsonFlags, gcePlanFlags, gceTargetFlags, gceUpFlags} from '../../cli/flags/gce.js'

const flags = {...gceTargetFlags, ...gceUpFlags, ...gcePlanFlags, ...gceJsonFlags}

export default class GceUpCommand extends LbexCommand {
  static override summary = 'Create an autoscaled group of lbex hosts on Google Cloud, or update one.'

  static override description = `Runs gcloud with the account that is logged in there. It reads the existing resources first, and creates or changes only what is missing or different: a second run changes nothing. It refuses to continue if a resource differs that cannot be changed (the range, the network), or was not created by lbex.
It creates a subnet, firewall rules (for clients, Google's health probes and traffic to the cluster), a health check with autohealing, a service account, an instance template, and a regional group with an autoscaler at 70 % CPU. A changed template is rolled out host by host.
Exit code: 0 fine, 2 wrong usage, 3 a step failed or was refused, 130 Ctrl-C. After a failure the same command continues where it stopped.`

  static override examples = [
    '<%= config.bin %> gce up --name my-lbex --project myproject --cluster-name mycluster --cluster-network mynetwork',
    '<%= config.bin %> gce up -n my-lbex -i myproject -m mycluster -t mynetwork --ports 80,443,123/udp --ingress-cidr 0.0.0.0/0 --dry-run',
    '<%= config.bin %> gce up -n my-lbex -i myproject -r europe-west1 -z europe-west1 -m mycluster -t mynetwork --no-address',
  ]

  static override usage =
    'gce up --name NAME --project PROJECT --cluster-name NAME --cluster-network NAME [flags]'
  static override flags = flags

  override async run(): Promise<void> {
    const {flags: values, notices} = await this.readFlags(flags)
    const {gceUp} = await import('../../gce/command/gce-up.js')
    this.show(await gceUp(values, notices))
  }
}
