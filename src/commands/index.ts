/** All commands by their names: oclif reads this list. */
import CheckCommand from './check.js'
import CompletionCommand from './completion.js'
import DiffCommand from './diff.js'
import DoctorCommand from './doctor.js'
import DrainCommand from './drain.js'
import ExplainCommand from './explain.js'
import GceDownCommand from './gce/down.js'
import GceStatusCommand from './gce/status.js'
import GceUpCommand from './gce/up.js'
import HaBirdCommand from './ha/bird.js'
import HaKeepalivedCommand from './ha/keepalived.js'
import RenderCommand from './render.js'
import RunCommand from './run.js'
import StatusCommand from './status.js'
import SupportBundleCommand from './support-bundle.js'
import TopCommand from './top.js'
import VersionCommand from './version.js'

export const COMMANDS = {
  check: CheckCommand,
  completion: CompletionCommand,
  diff: DiffCommand,
  doctor: DoctorCommand,
  drain: DrainCommand,
  explain: ExplainCommand,
  'gce:down': GceDownCommand,
  'gce:status': GceStatusCommand,
  'gce:up': GceUpCommand,
  'ha:bird': HaBirdCommand,
  'ha:keepalived': HaKeepalivedCommand,
  render: RenderCommand,
  run: RunCommand,
  status: StatusCommand,
  'support-bundle': SupportBundleCommand,
  top: TopCommand,
  version: VersionCommand,
}
