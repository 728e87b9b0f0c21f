/** What tells a host that serves from one that does not. */
import {textAt} from '../fields.js'
import {markOf, namesOf, type GroupOptions, type Target} from '../target.js'
import {changeIf, ids, inProject, type Thing, type Wanted} from '../thing.js'

const COMMAND = ['compute', 'health-checks']

export function healthCheck(target: Target): Thing {
  const name = namesOf(target).healthCheck
  const where = ['--global', inProject(target)]
  return {
    id: ids(target).healthCheck,
    read: {args: [...COMMAND, 'describe', name, ...where], name},
    remove: [...COMMAND, 'delete', name, ...where, '--quiet'],
    needs: [],
  }
}

/** Seconds and counts: a host that fails for half a minute is replaced. */
const CHECK_INTERVAL = 10
const TIMEOUT = 5
const HEALTHY = 2
const UNHEALTHY = 3

export function wantedHealthCheck(options: GroupOptions): Wanted {
  const name = namesOf(options).healthCheck
  const where = ['--global', inProject(options)]
  const content = [
    `--port=${options.healthPort}`,
    // Not /readyz: a cluster whose API is away would cost all hosts at once.
    '--request-path=/',
    `--check-interval=${CHECK_INTERVAL}s`,
    `--timeout=${TIMEOUT}s`,
    `--healthy-threshold=${HEALTHY}`,
    `--unhealthy-threshold=${UNHEALTHY}`,
  ]
  const wanted = [options.healthPort, '/', CHECK_INTERVAL, TIMEOUT, HEALTHY, UNHEALTHY].join(' ')
  return {
    ...healthCheck(options),
    create: [
      ...[...COMMAND, 'create', 'http', name, ...where, ...content],
      `--description=${markOf(options)}whether a host serves`,
    ],
    compare: (found) => ({
      changes: changeIf(contentOf(found) !== wanted, 'update', [
        ...[...COMMAND, 'update', 'http', name, ...where],
        ...content,
      ]).changes,
      fixed: fixedOf(found, options),
    }),
  }
}

/** With another port no host that runs would be healthy, and autohealing would replace all of them at once. */
function fixedOf(found: unknown, {healthPort}: GroupOptions): string[] {
  const type = textAt(found, 'type')
  const port = textAt(found, 'httpHealthCheck', 'port')
  if (type !== 'HTTP') return [`it is of the type ${type}, not HTTP`]
  return port === String(healthPort)
    ? []
    : [`its port is ${port}, not ${healthPort}, and hosts that run answer on that`]
}

function contentOf(found: unknown): string {
  return [
    textAt(found, 'httpHealthCheck', 'port'),
    textAt(found, 'httpHealthCheck', 'requestPath'),
    ...['checkIntervalSec', 'timeoutSec', 'healthyThreshold', 'unhealthyThreshold'].map((field) =>
      textAt(found, field),
    ),
  ].join(' ')
}
