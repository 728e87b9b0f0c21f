/** All commands by their names: oclif reads this list. */
import Check from './check.js'
import Doctor from './doctor.js'
import Drain from './drain.js'
import GceDown from './gce/down.js'
import GceStatus from './gce/status.js'
import GceUp from './gce/up.js'
import Render from './render.js'
import Run from './run.js'

export const COMMANDS = {
  check: Check,
  doctor: Doctor,
  drain: Drain,
  'gce:down': GceDown,
  'gce:status': GceStatus,
  'gce:up': GceUp,
  render: Render,
  run: Run,
}
