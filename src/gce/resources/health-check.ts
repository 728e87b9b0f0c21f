/** The health check that autohealing uses. */
import {textAt} from '../fields.js'
import {markOf, namesOf, type GroupOptions, type GroupTarget} from '../target.js'
import {changeIf, ids, inProject, type Resource, type DesiredResource} from '../resource.js'

const COMMAND = ['compute', 'health-checks']

export function healthCheck(target: GroupTarget): Resource {
  const name = namesOf(target).healthCheck
  const where = ['--global', inProject(target)]
  return {
    id: ids(target).healthCheck,
    read: {args: [...COMMAND, 'describe', name, ...where], name},
    remove: [...COMMAND, 'delete', name, ...where, '--quiet'],
    needs: [],
  }
}

/** In seconds, and numbers of probes: a host that fails for 30 s is replaced. */
const CHECK_INTERVAL = 10
const TIMEOUT = 5
const HEALTHY = 2
const UNHEALTHY = 3

export function desiredHealthCheck(options: GroupOptions): DesiredResource {
  const name = namesOf(options).healthCheck
  const where = ['--global', inProject(options)]
  const content = [
    `--port=${options.healthPort}`,
    // Not /readyz: it fails on all hosts at once when the API server is unreachable.
    '--request-path=/',
    `--check-interval=${CHECK_INTERVAL}s`,
    `--timeout=${TIMEOUT}s`,
    `--healthy-threshold=${HEALTHY}`,
    `--unhealthy-threshold=${UNHEALTHY}`,
  ]
  const desired = [options.healthPort, '/', CHECK_INTERVAL, TIMEOUT, HEALTHY, UNHEALTHY].join(' ')
  return {
    ...healthCheck(options),
    create: [
      ...[...COMMAND, 'create', 'http', name, ...where, ...content],
      `--description=${markOf(options)}whether a host serves`,
    ],
    compare: (found) => ({
      changes: changeIf(contentOf(found) !== desired, 'update', [
        ...[...COMMAND, 'update', 'http', name, ...where],
        ...content,
      ]).changes,
      immutable: immutableDifferences(found, options),
    }),
  }
}

/** After a change of the port, no running host would be healthy, and autohealing would replace all of them at once. */
function immutableDifferences(found: unknown, {healthPort}: GroupOptions): string[] {
  const type = textAt(found, 'type')
  const port = textAt(found, 'httpHealthCheck', 'port')
  if (type !== 'HTTP') return [`its type is ${type}, not HTTP`]
  return port === String(healthPort)
    ? []
    : [`its port is ${port}, not ${healthPort}, and running hosts answer on ${port}`]
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
